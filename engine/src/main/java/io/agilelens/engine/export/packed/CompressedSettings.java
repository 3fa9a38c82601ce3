package io.agilelens.engine.export.packed;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code quantization_config} of compressed-tensors: linears that are quantized alike form a
 * group. Source: {@code quantization/quant_config.py} and {@code quant_args.py}.
 */
final class CompressedSettings {
    private CompressedSettings() {}

    private record Scheme(int bits, int group, boolean natural, boolean symmetric) {}

    /**
     * @param activations how inputs of linears are quantized, or null
     */
    static ObjectNode of(
            String format,
            List<QuantizedModule> modules,
            List<String> plain,
            ActivationScheme activations) {
        Map<Scheme, List<String>> groups = new LinkedHashMap<>();
        int common = Grouping.common(modules);
        for (QuantizedModule module : modules) {
            Grouping grouping = module.grouping();
            // A row that is one group of the usual size is no case of its own.
            boolean usual = grouping.is(common) && module.inputs() % common == 0;
            Scheme scheme =
                    new Scheme(
                            module.bits(),
                            usual ? common : grouping.size(),
                            grouping.natural(),
                            module.isSymmetric());
            groups.computeIfAbsent(scheme, _ -> new ArrayList<>()).add(module.name());
        }
        ObjectNode settings =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("quant_method", "compressed-tensors")
                        .put("format", format)
                        .put("quantization_status", "compressed");
        ObjectNode all = settings.putObject("config_groups");
        groups.forEach(
                (scheme, names) -> {
                    ObjectNode group = all.putObject("group_" + all.size());
                    ArrayNode targets = group.putArray("targets");
                    if (groups.size() == 1) {
                        targets.add("Linear");
                    } else {
                        names.forEach(targets::add);
                    }
                    weights(group.putObject("weights"), scheme);
                    if (activations == null) {
                        group.putNull("input_activations");
                    } else {
                        activations.describe(group.putObject("input_activations"));
                    }
                    group.putNull("output_activations");
                });
        ArrayNode ignored = settings.putArray("ignore");
        plain.forEach(ignored::add);
        ignored.add("lm_head");
        settings.putNull("kv_cache_scheme");
        return settings;
    }

    private static void weights(ObjectNode weights, Scheme scheme) {
        boolean channel = scheme.group() == -1;
        weights.put("num_bits", scheme.bits())
                .put("type", "int")
                .put("symmetric", scheme.symmetric())
                .put("strategy", channel ? "channel" : "group")
                .put("dynamic", false)
                .put("observer", "minmax");
        if (channel) {
            weights.putNull("group_size");
        } else {
            weights.put("group_size", scheme.group());
        }
        if (scheme.natural()) {
            weights.putNull("actorder");
        } else {
            weights.put("actorder", "group");
        }
    }
}
