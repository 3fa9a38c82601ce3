package io.agilelens.app.session;

import io.agilelens.engine.evaluate.Divergence;
import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.format.TextFormat;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.views.Selection;
import io.agilelens.views.workbench.EvaluationText;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.Subject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** Session documents for tests. */
public final class Documents {
    private Documents() {}

    /** One that uses every key there is. */
    public static SessionDocument full() {
        Recipe recipe =
                RecipeJson.parse(
                        """
                        {"weights": {"method": "rtn", "bits": 4, "group": 32},
                         "activations": {"method": "trip", "bits": 8, "exponents": [0, 2, 3]},
                         "softmax": {"method": "log2", "bits": 4},
                         "pruning": {"beta": 0.2, "layers": [2, 3]},
                         "overrides": [{"layers": [1], "sites": ["MLP_HIDDEN"],
                                        "activations": {"bits": 6}}]}
                        """,
                        "test");
        Subject subject =
                new Subject(
                        "sample:llama-tiny",
                        Optional.of(
                                new Planting(
                                        64,
                                        new TreeSet<>(Set.of(3, 9)),
                                        new TreeSet<>(Set.of(0, 1)),
                                        List.of(Site.ATTN_INPUT, Site.MLP_INPUT))),
                        EvaluationText.BUNDLED);
        Path text = Path.of("").toAbsolutePath().resolve("a text, \"quoted\".txt");
        Subject other =
                new Subject(
                        Path.of("").toAbsolutePath().resolve("model").toString(),
                        Optional.empty(),
                        new EvaluationText(
                                Optional.of(text), TextFormat.WIKITEXT, Protocol.LLAMA_CPP, 64, 3));
        Perplexity baseline = perplexity(12.25, Optional.empty());
        Perplexity tuned = perplexity(13.5, Optional.of(divergence(0.031)));
        return new SessionDocument(
                subject,
                Map.of(
                        "sample:llama-tiny",
                        new Fingerprint(1234, "0123456789abcdef".repeat(4)),
                        text.toString(),
                        new Fingerprint(0, "fedcba9876543210".repeat(4))),
                "a calibration text",
                recipe,
                Optional.of(new SessionDocument.Figures(baseline, tuned)),
                List.of(
                        new PinnedRun(
                                "W4A8 TRIP",
                                recipe,
                                subject,
                                subject.planted(),
                                baseline,
                                tuned,
                                4.625,
                                1 << 20,
                                812.5),
                        new PinnedRun(
                                "found · 4.2 bits",
                                Recipe.FLOAT,
                                other,
                                Optional.empty(),
                                baseline,
                                perplexity(14, Optional.of(divergence(Double.NaN))),
                                4.2,
                                Long.MAX_VALUE,
                                Double.NaN,
                                true)),
                new SessionDocument.View(
                        "outliers", 2, new Selection.Place(5, Site.VALUE, 17, 3, 200)),
                Set.of(QualityStudy.BUDGET, QualityStudy.CURVE),
                OptionalInt.of(256));
    }

    private static Perplexity perplexity(double value, Optional<Divergence> divergence) {
        return new Perplexity(
                Protocol.GPTQ,
                512,
                2,
                2,
                1022,
                Math.log(value),
                value,
                0.25,
                value + 0.125,
                Math.log(value + 0.125),
                0.875,
                List.of(1000.5, 1100.25),
                List.of(511, 511),
                Optional.empty(),
                divergence);
    }

    private static Divergence divergence(double mean) {
        return new Divergence(1022, mean, 0.001, 0.01, 0.08, 0.3, 2.5, 1, 77, 0.91, 0.009);
    }
}
