package io.agilelens.app.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.views.chart.FxPen;
import io.agilelens.views.chart.Pen;
import io.agilelens.views.chart.SvgPen;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontFormatException;
import java.awt.font.FontRenderContext;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDResources;
import org.apache.pdfbox.pdmodel.graphics.PDXObject;
import org.apache.pdfbox.pdmodel.graphics.form.PDFormXObject;
import org.apache.pdfbox.pdmodel.graphics.image.PDImageXObject;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionReportTest {
    private static final String SVG =
            "<svg xmlns='http://www.w3.org/2000/svg' width='1100' height='200' viewBox='0 0 1100"
                    + " 200'><clipPath id='c1'><rect width='50' height='50'/></clipPath><rect"
                    + " clip-path='url(#c1)' width='100' height='90' fill='#0069a8'/></svg>";
    private static final List<SessionReport.Picture> PICTURES =
            List.of(
                    new SessionReport.Picture("Outliers", "A & B", "One sees <this>.", SVG),
                    new SessionReport.Picture("Outliers", "Again", "And that.", SVG));

    @TempDir Path folder;

    @Test
    void thePageNamesFiguresRecipeAndRuns() throws IOException {
        Path file = folder.resolve("report.html");
        SessionReport.write(Documents.full(), PICTURES, file, false);
        String page = Files.readString(file);
        assertTrue(page.contains("sample:llama-tiny"));
        assertTrue(page.contains("W4A8 TRIP"));
        assertTrue(page.contains("weights.method"));
        assertTrue(page.contains("A &amp; B"));
        assertTrue(page.contains("One sees &lt;this&gt;."));
        // Names in one picture do not reach into another.
        assertTrue(page.contains("id='p1-c1'") && page.contains("url(#p2-c1)"));
        assertThrows(
                UserException.class,
                () -> SessionReport.write(Documents.full(), PICTURES, file, false));
    }

    @Test
    void aPdfHoldsTheSame() throws IOException {
        Path file = folder.resolve("report.pdf");
        SessionReport.write(Documents.full(), PICTURES, file, false);
        try (PDDocument pdf = Loader.loadPDF(file.toFile())) {
            String text = new PDFTextStripper().getText(pdf);
            assertTrue(text.contains("sample:llama-tiny"), text);
            assertTrue(text.contains("One sees <this>."), text);
            assertEquals(595, Math.round(pdf.getPage(0).getMediaBox().getWidth()));
        }
    }

    @Test
    void aPdfHoldsTheMapsOfPixels() throws IOException {
        SvgPen pen = new SvgPen(200, 100, FxPen.ruler());
        pen.image(new int[] {0xff0069a8, 0xffffffff}, 2, 1, 0, 0, 200, 100);
        List<SessionReport.Picture> maps =
                List.of(new SessionReport.Picture("Outliers", "Map", "Two cells.", pen.document()));
        Path file = folder.resolve("report.pdf");
        SessionReport.write(Documents.full(), maps, file, false);
        try (PDDocument pdf = Loader.loadPDF(file.toFile())) {
            boolean held = false;
            for (PDPage page : pdf.getPages()) {
                held |= holdsImage(page.getResources());
            }
            assertTrue(held);
        }
    }

    private static boolean holdsImage(PDResources resources) throws IOException {
        for (COSName name : resources.getXObjectNames()) {
            PDXObject object = resources.getXObject(name);
            if (object instanceof PDImageXObject
                    || object instanceof PDFormXObject form && holdsImage(form.getResources())) {
                return true;
            }
        }
        return false;
    }

    /** Other letters would not fit where the picture was measured for these. */
    @Test
    void aPdfWritesPicturesInTheirOwnLetters() throws IOException, FontFormatException {
        // As tokens begin with spaces, each of them counts.
        String words = "Running      millimetres";
        SvgPen pen = new SvgPen(600, 60, FxPen.ruler());
        pen.text(words, 10, 30, Pen.Anchor.START, 40, javafx.scene.paint.Color.RED);
        Path file = folder.resolve("report.pdf");
        List<SessionReport.Picture> pictures =
                List.of(
                        new SessionReport.Picture(
                                "Outliers", "Words", "Red ones.", pen.document()));
        SessionReport.write(Documents.full(), pictures, file, false);
        double width;
        try (InputStream face =
                SessionReport.class.getResourceAsStream(
                        "/io/agilelens/resources/fonts/Roboto-Regular.ttf")) {
            width =
                    Font.createFont(Font.TRUETYPE_FONT, face)
                            .deriveFont(40f)
                            .getStringBounds(words, new FontRenderContext(null, true, true))
                            .getWidth();
        }
        try (PDDocument pdf = Loader.loadPDF(file.toFile())) {
            assertEquals(width, redWidth(pdf), 0.03 * width);
        }
    }

    /** How far what is red reaches, in pixels of a 96th of an inch. */
    private static double redWidth(PDDocument pdf) throws IOException {
        PDFRenderer renderer = new PDFRenderer(pdf);
        int first = Integer.MAX_VALUE;
        int last = 0;
        for (int p = 0; p < pdf.getNumberOfPages(); p++) {
            BufferedImage page = renderer.renderImageWithDPI(p, 96);
            for (int x = 0; x < page.getWidth(); x++) {
                for (int y = 0; y < page.getHeight(); y++) {
                    Color color = new Color(page.getRGB(x, y));
                    if (color.getRed() > 200 && color.getGreen() < 80) {
                        first = Math.min(first, x);
                        last = Math.max(last, x);
                    }
                }
            }
        }
        return last - first;
    }
}
