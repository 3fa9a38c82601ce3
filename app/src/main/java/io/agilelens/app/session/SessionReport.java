package io.agilelens.app.session;

import io.agilelens.app.Version;
import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.EvaluationText;
import io.agilelens.views.workbench.PinnedRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * A session on paper: one file that shows its pictures and says its figures with how they came
 * about. The page is written as XML, so that the same text becomes a web page and a PDF.
 */
public final class SessionReport {
    private static final String PDF_ENDING = ".pdf";

    private final SessionDocument document;
    private final List<Picture> pictures;
    private final StringBuilder page = new StringBuilder();

    /**
     * A picture.
     *
     * @param station where the window shows it
     * @param heading what it shows, in a few words
     * @param sentence what one is looking at
     * @param svg the picture itself
     */
    public record Picture(String station, String heading, String sentence, String svg) {}

    private SessionReport(SessionDocument document, List<Picture> pictures) {
        this.document = document;
        this.pictures = List.copyOf(pictures);
    }

    /** Whether a file's name asks for a PDF. */
    private static boolean isPdf(Path file) {
        return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(PDF_ENDING);
    }

    /**
     * Writes a report: a PDF if the file's name says so, otherwise a web page that needs no other
     * file.
     *
     * @param replace whether an existing file may be replaced
     * @throws io.agilelens.engine.UserException if it cannot be written; what was there stays
     */
    public static void write(
            SessionDocument document, List<Picture> pictures, Path file, boolean replace) {
        AtomicFiles.writeFile(
                file,
                replace,
                place -> {
                    if (isPdf(file)) {
                        ReportPdf.write(html(document, pictures, ReportPdf.PAGE_WIDTH), place);
                    } else {
                        Files.writeString(
                                place, html(document, pictures, Double.POSITIVE_INFINITY));
                    }
                });
    }

    /**
     * The report as a page in XML syntax.
     *
     * @param widest how wide pictures may be, in pixels
     */
    static String html(SessionDocument document, List<Picture> pictures, double widest) {
        return new SessionReport(document, pictures).write(widest);
    }

    private String write(double widest) {
        String title = Messages.text("report.title", document.model());
        page.append(
                "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\"><head>");
        page.append("<meta charset=\"utf-8\"/><title>").append(escape(title)).append("</title>");
        page.append("<style>").append(ReportStyle.CSS).append("</style></head><body>\n");
        element("h1", title);
        subject();
        document.figures().ifPresent(figures -> verdict(figures.baseline(), figures.tuned()));
        recipe();
        runs();
        pictures(widest);
        element("p", Messages.text("report.written", Version.current()), "small");
        return page.append("</body></html>\n").toString();
    }

    private void subject() {
        EvaluationText text = document.subject().text();
        page.append("<table class=\"facts\">");
        fact("report.model", document.model());
        Fingerprint print = document.fingerprints().get(document.model());
        if (print != null) {
            fact(
                    "report.fingerprint",
                    Messages.text(
                            "report.fingerprint.value",
                            Figures.bytes(print.bytes()),
                            print.sha256().substring(0, 16)));
        }
        document.planted().ifPresent(planted -> fact("report.planted", planted.summary()));
        fact(
                "report.text",
                text.file().map(Path::toString).orElse(Messages.text("report.text.bundled")));
        fact(
                "report.protocol",
                Messages.text(
                        "report.protocol.value",
                        text.protocol().title(),
                        text.windows(),
                        text.window(),
                        text.protocol().description()));
        fact("report.calibration", document.calibration());
        page.append("</table>\n");
    }

    private void verdict(Perplexity baseline, Perplexity tuned) {
        element("h2", Messages.text("report.verdict"));
        page.append("<table><tr>");
        for (String head : List.of("figure", "baseline", "tuned", "change")) {
            element("th", Messages.text("report.column." + head));
        }
        page.append("</tr>");
        row(
                Messages.text("report.perplexity"),
                Figures.withError(baseline.perplexity(), baseline.standardError()),
                Figures.withError(tuned.perplexity(), tuned.standardError()),
                tuned.coverage() < 1
                        ? Figures.NONE
                        : percent(tuned.perplexity() / baseline.perplexity() - 1));
        row(
                Messages.text("report.all"),
                Figures.number(baseline.allPositions()),
                Figures.number(tuned.allPositions()),
                percent(tuned.allPositions() / baseline.allPositions() - 1));
        row(Messages.text("report.kl"), "", Figures.number(tuned.divergence()), "");
        row(
                Messages.text("report.agreement"),
                "",
                Figures.number(100 * tuned.agreement(), "%"),
                "");
        row(
                Messages.text("report.coverage"),
                Figures.number(100 * baseline.coverage(), "%"),
                Figures.number(100 * tuned.coverage(), "%"),
                "");
        page.append("</table>");
        page.append("<p>");
        badges(document.recipe(), document.planted().isPresent(), tuned);
        page.append("</p>\n");
    }

    /** How figures came about, as the window's badges say. */
    private void badges(Recipe recipe, boolean planted, Perplexity figures) {
        badge(
                figures.isComplete()
                        ? Messages.text("report.badge.exact")
                        : Messages.text("report.badge.estimate", figures.windows()));
        badge(
                recipe.isFloat()
                        ? Messages.text("report.badge.float")
                        : Messages.text(
                                "recipe.execution."
                                        + recipe.execution().name().toLowerCase(Locale.ROOT)));
        if (planted) {
            badge(Messages.text("report.badge.planted"));
        }
    }

    private void badge(String text) {
        page.append("<span class=\"badge\">").append(escape(text)).append("</span> ");
    }

    private void recipe() {
        element("h2", Messages.text("report.recipe"));
        element("p", document.recipe().summary());
        Map<String, String> floats = flat(RecipeJson.toTree(Recipe.FLOAT));
        Map<String, String> own = flat(RecipeJson.toTree(document.recipe()));
        page.append("<table><tr>");
        for (String head : List.of("key", "baseline", "here")) {
            element("th", Messages.text("report.column." + head));
        }
        page.append("</tr>");
        own.forEach(
                (key, value) -> {
                    if (!value.equals(floats.get(key))) {
                        row(key, floats.getOrDefault(key, Figures.NONE), value);
                    }
                });
        page.append("</table>\n");
        element("h3", Messages.text("report.recipe.json"));
        element("pre", RecipeJson.write(document.recipe()));
    }

    /** Every value of a tree by its dotted keys. */
    private static Map<String, String> flat(JsonNode tree) {
        Map<String, String> values = new TreeMap<>();
        flatten("", tree, values);
        return values;
    }

    private static void flatten(String path, JsonNode node, Map<String, String> values) {
        if (node.isObject()) {
            node.properties()
                    .forEach(
                            entry ->
                                    flatten(
                                            path.isEmpty()
                                                    ? entry.getKey()
                                                    : path + "." + entry.getKey(),
                                            entry.getValue(),
                                            values));
        } else {
            values.put(path, node.isString() ? node.stringValue() : node.toString());
        }
    }

    private void runs() {
        if (document.runs().isEmpty()) {
            return;
        }
        element("h2", Messages.text("report.runs"));
        page.append("<table class=\"runs\"><tr>");
        List<String> heads = new ArrayList<>();
        for (String key :
                List.of(
                        "run",
                        "bits",
                        "size",
                        "perplexity",
                        "all",
                        "change",
                        "kl",
                        "agreement",
                        "speed",
                        "made")) {
            heads.add(Messages.text("report.column." + key));
        }
        heads.forEach(head -> element("th", head));
        page.append("</tr>");
        document.runs().forEach(this::run);
        page.append("</table>\n");
        element("p", Messages.text("report.runs.sentence"), "small");
    }

    private void run(PinnedRun run) {
        Perplexity tuned = run.tuned();
        page.append("<tr><td>").append(escape(run.name()));
        page.append("<br/><span class=\"small\">").append(escape(run.recipe().summary()));
        if (!run.subject().equals(document.subject())) {
            page.append("<br/>").append(escape(run.subject().model()));
            run.subject()
                    .text()
                    .file()
                    .ifPresent(file -> page.append(" · ").append(escape(file.toString())));
        }
        page.append("</span></td>");
        cell(Figures.number(run.weightBits()));
        cell(Figures.bytes(run.weightBytes()));
        cell(Figures.withError(tuned.perplexity(), tuned.standardError()));
        cell(Figures.number(tuned.allPositions()));
        cell(percent(tuned.allPositions() / run.baseline().allPositions() - 1));
        cell(Figures.number(tuned.divergence()));
        cell(Figures.number(100 * tuned.agreement(), "%"));
        cell(Figures.number(run.prefillTokensPerSecond()));
        page.append("<td>");
        badges(run.recipe(), run.planting().isPresent(), tuned);
        page.append("</td></tr>");
    }

    private void pictures(double widest) {
        String station = "";
        int number = 0;
        for (Picture picture : pictures) {
            if (!picture.station().equals(station)) {
                station = picture.station();
                element("h2", station);
            }
            number++;
            page.append("<div class=\"picture\">");
            element("h3", picture.heading());
            page.append(InlineSvg.of(picture.svg(), "p" + number, widest));
            element("p", picture.sentence(), "small");
            page.append("</div>\n");
        }
    }

    private void fact(String key, String value) {
        page.append("<tr>");
        element("th", Messages.text(key));
        element("td", value);
        page.append("</tr>");
    }

    private void row(String name, String... values) {
        page.append("<tr>");
        element("td", name);
        for (String value : values) {
            cell(value);
        }
        page.append("</tr>");
    }

    private void cell(String value) {
        element("td", value, "number");
    }

    private void element(String name, String text) {
        page.append('<').append(name).append('>').append(escape(text));
        page.append("</").append(name).append('>');
    }

    private void element(String name, String text, String style) {
        page.append('<').append(name).append(" class=\"").append(style).append("\">");
        page.append(escape(text)).append("</").append(name).append('>');
    }

    private static String percent(double share) {
        return Figures.signed(100 * share) + " %";
    }

    /** As XML wants it; what XML cannot hold is left out. */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints()
                .filter(c -> c >= ' ' && c < 0xFFFE || c == '\n' || c == '\t' || c > 0xFFFF)
                .filter(c -> c < 0xD800 || c > 0xDFFF)
                .forEach(
                        c -> {
                            switch (c) {
                                case '&' -> escaped.append("&amp;");
                                case '<' -> escaped.append("&lt;");
                                case '>' -> escaped.append("&gt;");
                                case '"' -> escaped.append("&quot;");
                                default -> escaped.appendCodePoint(c);
                            }
                        });
        return escaped.toString();
    }
}
