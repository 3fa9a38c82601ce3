package io.agilelens.app.command;

import io.agilelens.app.command.BenchContenders.Contender;
import io.agilelens.engine.evaluate.OperatorProfile;
import io.agilelens.engine.evaluate.ProductShapes;
import io.agilelens.engine.evaluate.generate.PassBenchmark;
import io.agilelens.engine.evaluate.generate.PassWork;
import io.agilelens.engine.kernel.KernelBenchmark;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.KernelTiming;
import io.agilelens.engine.kernel.KernelTuning;
import io.agilelens.engine.kernel.MachineMeter;
import io.agilelens.engine.kernel.MachinePeak;
import io.agilelens.engine.kernel.Quartiles;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One run of {@code bench}: everything measured beside the machine's own peak, as one JSON object.
 *
 * @param benchmark of whole passes
 */
record BenchRun(PassBenchmark benchmark, Progress progress, Cancellation cancellation) {
    private static final double GIGA = 1e9;

    /**
     * Measures everything.
     *
     * @param contenders the model in the arithmetics to set against each other
     * @param withKernels whether products by themselves are measured too
     * @param further shapes of theirs beside the model's, outputs and inputs
     */
    ObjectNode of(
            OpenModel open, List<Contender> contenders, boolean withKernels, int[][] further) {
        MachineMeter meter =
                new MachineMeter(KernelProvider.current().kernels().vectorBits(), Workers.shared());
        ObjectNode measured = EngineCommand.object();
        addPasses(measured, contenders, meter);
        ArrayNode kernels = measured.putArray("kernels");
        if (withKernels) {
            addKernels(kernels, open.config(), further, meter);
        }
        ObjectNode result = Results.of(open);
        addMachine(result, meter);
        result.setAll(measured);
        return result;
    }

    /**
     * Measures passes and their profiles.
     *
     * @param contenders the ratios of all refer to the one named {@code fp16}, if there is one
     * @param result gets {@code prefill}, {@code decode} and {@code operators}
     */
    private void addPasses(ObjectNode result, List<Contender> contenders, MachineMeter meter) {
        List<PassBenchmark.Speeds> speeds =
                benchmark.measure(
                        contenders.stream().map(Contender::pass).toList(),
                        meter,
                        progress,
                        cancellation);
        PassBenchmark.Speeds reference = null;
        for (int i = 0; i < contenders.size(); i++) {
            if (contenders.get(i).name().equals(BenchRow.FP16.title())) {
                reference = speeds.get(i);
            }
        }
        ArrayNode prefill = result.putArray("prefill");
        ArrayNode decode = result.putArray("decode");
        for (int i = 0; i < contenders.size(); i++) {
            addPrefill(prefill, contenders.get(i), speeds.get(i), reference);
            addDecode(decode, contenders.get(i), speeds.get(i), reference);
        }
        ArrayNode operators = result.putArray("operators");
        for (int i = 0; i < contenders.size(); i++) {
            progress.report("profiling", i, contenders.size());
            addOperators(operators, contenders.get(i));
        }
        progress.report("profiling", contenders.size(), contenders.size());
    }

    private void addPrefill(
            ArrayNode rows,
            Contender contender,
            PassBenchmark.Speeds speeds,
            PassBenchmark.Speeds reference) {
        ObjectNode row =
                row(rows, contender, speeds.prefill(), reference, PassBenchmark.Speeds::prefill);
        ModelConfig config = contender.decoder().model().config();
        double sparsity =
                contender.pruning().removes()
                        ? contender
                                .pruning()
                                .schedule()
                                .sparsity(benchmark.prompt(), config.layers())
                        : 0;
        row.put("sparsity", sparsity);
        if (sparsity == 0) { // else fewer products are done than there are tokens
            double macs = (double) PassWork.tokenMacs(config);
            double[] flops =
                    Arrays.stream(speeds.prefill()).map(each -> 2 * each * macs / GIGA).toArray();
            EngineCommand.put(row, "gmac_per_s", Quartiles.of(flops).median() / 2);
            EngineCommand.put(
                    row, "share_of_peak", Quartiles.ofRatios(flops, speeds.gigaFlops()).median());
        }
    }

    private void addDecode(
            ArrayNode rows,
            Contender contender,
            PassBenchmark.Speeds speeds,
            PassBenchmark.Speeds reference) {
        ObjectNode row =
                row(rows, contender, speeds.decode(), reference, PassBenchmark.Speeds::decode);
        long bytes = speeds.decodedBytes();
        double[] gigabytes =
                Arrays.stream(speeds.decode()).map(each -> each * bytes / GIGA).toArray();
        row.put("bytes_per_token", bytes);
        EngineCommand.put(row, "gb_per_s", Quartiles.of(gigabytes).median());
        EngineCommand.put(
                row, "bandwidth_gb_per_s", Quartiles.of(speeds.gigabytesPerSecond()).median());
        EngineCommand.put(
                row,
                "share_of_bandwidth",
                Quartiles.ofRatios(gigabytes, speeds.gigabytesPerSecond()).median());
    }

    private ObjectNode row(
            ArrayNode rows,
            Contender contender,
            double[] samples,
            PassBenchmark.Speeds reference,
            Function<PassBenchmark.Speeds, double[]> phase) {
        Quartiles speed = Quartiles.of(samples);
        ObjectNode row =
                rows.addObject()
                        .put("name", contender.name())
                        .put("weights", contender.weights())
                        .put("activations", contender.activations())
                        .put("group", contender.group())
                        .put("beta", contender.beta())
                        .put("prompt_tokens", benchmark.prompt());
        EngineCommand.put(row, "tokens_per_second", speed.median());
        EngineCommand.put(row, "spread", speed.spread());
        if (reference != null) {
            Quartiles ratio = Quartiles.ofRatios(samples, phase.apply(reference));
            EngineCommand.put(row, "ratio_to_fp16", ratio.median());
            EngineCommand.put(row, "ratio_spread", ratio.spread());
        }
        return row;
    }

    private void addOperators(ArrayNode rows, Contender contender) {
        int vocabulary = contender.decoder().model().config().vocabularySize();
        int[] ids =
                new SplittableRandom(1)
                        .ints(benchmark.prompt() + benchmark.tokens(), 0, vocabulary)
                        .toArray();
        int[] prompt = Arrays.copyOf(ids, benchmark.prompt());
        PassBenchmark.Contender pass = contender.pass();
        addOperators(
                rows,
                contender,
                "prefill",
                OperatorProfile.ofPrefill(pass.decoder(), pass.pruner(), prompt, cancellation));
        addOperators(
                rows,
                contender,
                "decode",
                OperatorProfile.ofDecode(
                        pass.decoder(), pass.pruner(), ids, benchmark.prompt(), cancellation));
    }

    private static void addOperators(
            ArrayNode rows, Contender contender, String phase, OperatorProfile profile) {
        String precision =
                contender.activations().equals("fp32")
                        ? contender.weights()
                        : contender.weights() + "/" + contender.activations();
        profile.shares()
                .forEach(
                        (operator, share) -> {
                            ObjectNode row =
                                    rows.addObject()
                                            .put("name", contender.name())
                                            .put("precision", precision)
                                            .put("beta", contender.beta())
                                            .put("phase", phase)
                                            .put(
                                                    "operator",
                                                    operator.name().toLowerCase(Locale.ROOT));
                            EngineCommand.put(row, "share", share);
                        });
    }

    /**
     * Measures the products of a model's linears, each shape once, on one token and on a prompt.
     */
    private void addKernels(
            ArrayNode rows, ModelConfig config, int[][] further, MachineMeter meter) {
        int[] tokens = {1, benchmark.prompt()};
        Set<KernelBenchmark.Shape> shapes = new LinkedHashSet<>(ProductShapes.of(config, tokens));
        for (int m : tokens) {
            for (int[] shape : further) {
                shapes.add(new KernelBenchmark.Shape(m, shape[0], shape[1]));
            }
        }
        for (KernelTiming timing :
                KernelBenchmark.measure(
                        KernelProvider.current().kernels(),
                        meter,
                        new ArrayList<>(shapes),
                        progress,
                        cancellation)) {
            ObjectNode row = rows.addObject().put("name", timing.name());
            row.putArray("shape").add(timing.m()).add(timing.n()).add(timing.k());
            EngineCommand.put(row, "microseconds", timing.medianMicroseconds());
            EngineCommand.put(row, "spread", timing.spreadMicroseconds());
            EngineCommand.put(row, "gmac_per_s", timing.gigaMacsPerSecond());
            EngineCommand.put(row, "ratio_to_fp32", timing.ratioToFp32());
            EngineCommand.put(row, "share_of_peak", timing.shareOfPeak());
            EngineCommand.put(row, "gb_per_s", timing.gigabytesPerSecond());
            EngineCommand.put(row, "share_of_bandwidth", timing.shareOfBandwidth());
            row.put("bound", timing.isBoundByMemory() ? "memory" : "arithmetic");
        }
    }

    /**
     * Describes the machine, its peak as it was at best in all that was measured before.
     *
     * @param result gets {@code machine}, in its first place
     */
    private void addMachine(ObjectNode result, MachineMeter meter) {
        MachinePeak peak = meter.peak(progress, cancellation);
        ObjectNode node =
                result.putObject("machine")
                        .put("processor", Processor.name())
                        .put("simd_bits", peak.vectorBits())
                        .put("simd_reason", KernelProvider.current().reason())
                        .put("threads", peak.threads())
                        .put("jit", Processor.virtualMachine());
        KernelTuning tuning = KernelProvider.tuning(peak.vectorBits());
        putLength(node, "w4a8_short_from", tuning.shortFromEight());
        putLength(node, "w4a4_short_from", tuning.shortFromFour());
        putLength(node, "w4a8_triple_from", tuning.tripleFrom());
        EngineCommand.put(node, "fma_peak_gflops", peak.gigaFlops());
        EngineCommand.put(node, "bandwidth_gb_per_s", peak.gigabytesPerSecond());
    }

    private static void putLength(ObjectNode node, String name, int length) {
        if (length == KernelTuning.NEVER) {
            node.putNull(name);
        } else {
            node.put(name, length);
        }
    }
}
