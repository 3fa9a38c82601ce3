package io.agilelens.engine.evaluate.conformance;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.quant.ActivationQuantizer;
import io.agilelens.engine.quant.TripQuantizer;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Scales and zero points that calibration found, against those of a kit. */
final class CalibrationChecks {
    private static final Pattern ZERO_POINT = Pattern.compile("L(\\d+)_(\\w+)");

    /**
     * Ranges come from float activations, so a scale may be off as those are: the forward-pass
     * cases allow 2e-4 on hidden values of magnitude 1.
     */
    private static final double SCALE_TOLERANCE = 2e-4;

    private CalibrationChecks() {}

    static void check(
            KitFolder folder, String variant, JsonNode manifest, TunedModel tuned, CaseSink sink) {
        for (String array : folder.arrays()) {
            if (array.startsWith(variant + "_") && array.endsWith("_scale")) {
                String point =
                        array.substring(variant.length() + 1, array.length() - "_scale".length());
                Optional<Site> site = site(point);
                if (site.isPresent()) {
                    sink.check(point + " scale", () -> scales(folder, array, tuned, site.get()));
                } else {
                    sink.unsupported(point + " scale", "the point is not known");
                }
            }
        }
        JsonNode zeroPoints = manifest.path("zero_points");
        if (zeroPoints.isObject()) {
            sink.check("zero_points", () -> zeroPoints(zeroPoints, tuned));
        }
    }

    private static Optional<Site> site(String point) {
        return switch (point) {
            case "in" -> Optional.of(Site.ATTN_INPUT);
            case "q" -> Optional.of(Site.QUERY);
            case "k" -> Optional.of(Site.KEY);
            case "v" -> Optional.of(Site.VALUE);
            case "ctx" -> Optional.of(Site.ATTN_OUTPUT);
            case "post" -> Optional.of(Site.MLP_INPUT);
            case "act" -> Optional.of(Site.MLP_HIDDEN);
            default -> Optional.empty();
        };
    }

    private static Measurement scales(KitFolder folder, String array, TunedModel tuned, Site site) {
        float[] expected = folder.floats(array);
        ModelConfig config = tuned.model().config();
        int columns = folder.shape(array)[1];
        int width = config.channels(site) / columns;
        float[] actual = new float[config.layers() * columns];
        for (int layer = 0; layer < config.layers(); layer++) {
            ActivationQuantizer quantizer =
                    tuned.plan().layers().get(layer).activations().get(site);
            for (int c = 0; c < columns; c++) {
                actual[layer * columns + c] = quantizer.step(c * width);
            }
        }
        return Measurement.relative(expected, actual, SCALE_TOLERANCE);
    }

    private static Measurement zeroPoints(JsonNode expected, TunedModel tuned) {
        int differing = 0;
        String note = "";
        for (Map.Entry<String, JsonNode> entry : expected.properties()) {
            Matcher name = ZERO_POINT.matcher(entry.getKey());
            Optional<Site> site = name.matches() ? site(name.group(2)) : Optional.empty();
            if (site.isEmpty()
                    || !(tuned.plan()
                                    .layers()
                                    .get(Integer.parseInt(name.group(1)))
                                    .activations()
                                    .get(site.get())
                            instanceof TripQuantizer trip)
                    || trip.zero() != entry.getValue().asInt()) {
                differing++;
                note = "first: " + entry.getKey();
            }
        }
        return new Measurement(differing, 0, note);
    }
}
