package io.agilelens.app.session;

import com.openhtmltopdf.outputdevice.helper.BaseRendererBuilder.FSFontUseCase;
import com.openhtmltopdf.outputdevice.helper.BaseRendererBuilder.FontStyle;
import com.openhtmltopdf.pdfboxout.PdfRendererBuilder;
import com.openhtmltopdf.svgsupport.BatikSVGDrawer;
import com.openhtmltopdf.util.XRLog;
import io.agilelens.views.chart.ChartStyle;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumSet;
import java.util.Set;

/** Sets a page in XML syntax on paper. */
final class ReportPdf {
    /** How wide pictures may be: the width of an A4 page between its margins, in CSS pixels. */
    static final double PAGE_WIDTH = 680;

    /** What a picture may refer to: the pixels of a map, which stand in the picture itself. */
    private static final Set<String> PICTURES_INSIDE = Set.of("data");

    private static final Set<FSFontUseCase> PAGE_AND_PICTURES =
            EnumSet.of(FSFontUseCase.DOCUMENT, FSFontUseCase.SVG);

    private ReportPdf() {}

    static void write(String page, Path file) throws IOException {
        XRLog.setLoggingEnabled(false);
        Path regular = face("Regular");
        Path bold = face("Bold");
        try (OutputStream out = Files.newOutputStream(file);
                BatikSVGDrawer pictures =
                        new BatikSVGDrawer(BatikSVGDrawer.SvgScriptMode.SECURE, PICTURES_INSIDE)) {
            PdfRendererBuilder builder = new PdfRendererBuilder().useSVGDrawer(pictures);
            use(builder, regular, 400);
            use(builder, bold, 700);
            builder.withHtmlContent(page, null).withProducer("AgileLens").toStream(out).run();
        } finally {
            Files.delete(regular);
            Files.delete(bold);
        }
    }

    private static void use(PdfRendererBuilder builder, Path face, int weight) {
        builder.useFont(
                face.toFile(),
                ChartStyle.FONT_FAMILY,
                weight,
                FontStyle.NORMAL,
                true,
                PAGE_AND_PICTURES);
    }

    /** A face of the bundled typeface as a file, since pictures take it from nowhere else. */
    private static Path face(String name) throws IOException {
        String resource = "/io/agilelens/resources/fonts/Roboto-" + name + ".ttf";
        try (InputStream in = ReportPdf.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the resources module lacks " + resource);
            }
            Path face = Files.createTempFile("agilelens", ".ttf");
            Files.copy(in, face, StandardCopyOption.REPLACE_EXISTING);
            return face;
        }
    }
}
