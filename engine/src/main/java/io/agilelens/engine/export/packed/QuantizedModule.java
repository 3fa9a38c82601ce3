package io.agilelens.engine.export.packed;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.TensorNames;
import io.agilelens.engine.quant.QuantizationPlan;
import io.agilelens.engine.quant.QuantizedWeight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A linear layer as a checkpoint stores it, quantized. BLOOM stores query, key and value as one
 * linear; there it has three parts, whose rows take turns head by head.
 *
 * @param name as the checkpoint calls it, without {@code .weight}
 * @param layer the decoder layer it stands in
 * @param parts one, or those of query, key and value
 * @param headDimension rows of a part that follow each other where there are several parts
 */
public record QuantizedModule(
        String name, int layer, Map<LinearRole, QuantizedWeight> parts, int headDimension) {

    private static final String WEIGHT = ".weight";

    /** The order of the rows of a linear with several parts. */
    private static final List<LinearRole> FUSED =
            List.of(LinearRole.QUERY, LinearRole.KEY, LinearRole.VALUE);

    public QuantizedModule {
        parts = Map.copyOf(parts);
    }

    /**
     * All quantized linears of a model, in the order of their work.
     *
     * @throws UserException if query, key and value are stored as one and quantized differently
     */
    public static List<QuantizedModule> of(TunedModel tuned) {
        Map<String, QuantizedModule> modules = new LinkedHashMap<>();
        List<QuantizationPlan.Layer> layers = tuned.plan().layers();
        for (int layer = 0; layer < layers.size(); layer++) {
            Map<String, Map<LinearRole, QuantizedWeight>> stored = new LinkedHashMap<>();
            for (LinearRole role : tuned.model().config().roles()) {
                QuantizedWeight weight = layers.get(layer).weights().get(role);
                String name = tuned.model().weights().linear(layer, role).storedIn();
                if (weight != null) {
                    stored.computeIfAbsent(name, _ -> new LinkedHashMap<>()).put(role, weight);
                }
            }
            for (var entry : stored.entrySet()) {
                String name = entry.getKey();
                String bare = name.substring(0, name.length() - WEIGHT.length());
                QuantizedModule module =
                        new QuantizedModule(
                                bare,
                                layer,
                                entry.getValue(),
                                tuned.model().config().headDimension());
                module.requireAlike(tuned.model().config().architecture().names());
                modules.put(bare, module);
            }
        }
        return List.copyOf(modules.values());
    }

    private void requireAlike(TensorNames names) {
        boolean fused = names.fusedProjections().filter(name::endsWith).isPresent();
        QuantizedWeight first = parts.values().iterator().next();
        boolean alike =
                parts.values().stream()
                        .allMatch(
                                part ->
                                        part.bits() == first.bits()
                                                && Arrays.equals(part.groupOf(), first.groupOf()));
        if (fused && parts.size() != FUSED.size() || !alike) {
            throw new UserException(
                    "%s holds query, key and value, which the recipe quantizes differently: give overrides for ATTN_INPUT only"
                            .formatted(name));
        }
    }

    public int bits() {
        return any().bits();
    }

    public int inputs() {
        return any().inputs();
    }

    public int outputs() {
        return any().outputs() * parts.size();
    }

    private QuantizedWeight any() {
        return parts.values().iterator().next();
    }

    /** The weight with all its rows, {@code [outputs, inputs]}. */
    public QuantizedWeight weight() {
        if (parts.size() == 1) {
            return any();
        }
        List<QuantizedWeight> ordered = new ArrayList<>();
        for (LinearRole role : FUSED) {
            ordered.add(parts.get(role));
        }
        int[] part = new int[outputs()];
        int[] row = new int[outputs()];
        for (int o = 0; o < part.length; o++) {
            int run = o / headDimension;
            part[o] = run % ordered.size();
            row[o] = run / ordered.size() * headDimension + o % headDimension;
        }
        return rows(ordered, part, row);
    }

    /**
     * Rows of weights that share bits and groups, put together anew.
     *
     * @param part which weight each row is taken from
     * @param row which of its rows
     */
    public static QuantizedWeight rows(List<QuantizedWeight> weights, int[] part, int[] row) {
        QuantizedWeight first = weights.getFirst();
        int inputs = first.inputs();
        int groups = first.groups();
        byte[] codes = new byte[Math.multiplyExact(row.length, inputs)];
        float[] scales = new float[row.length * groups];
        int[] zeros = new int[row.length * groups];
        for (int o = 0; o < row.length; o++) {
            QuantizedWeight from = weights.get(part[o]);
            System.arraycopy(from.codes(), row[o] * inputs, codes, o * inputs, inputs);
            System.arraycopy(from.scales(), row[o] * groups, scales, o * groups, groups);
            System.arraycopy(from.zeros(), row[o] * groups, zeros, o * groups, groups);
        }
        return new QuantizedWeight(
                row.length, inputs, first.bits(), first.groupOf(), codes, scales, zeros);
    }

    /** How its inputs are put into groups. */
    public Grouping grouping() {
        return Grouping.of(name, any());
    }

    /** Whether every zero point lies in the middle of the range. */
    public boolean isSymmetric() {
        return parts.values().stream()
                .allMatch(
                        part ->
                                Arrays.stream(part.zeros())
                                        .allMatch(zero -> zero == 1 << part.bits() - 1));
    }
}
