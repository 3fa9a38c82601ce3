package io.agilelens.app.session;

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
import java.util.Set;

/** Sets a page in XML syntax on paper. */
final class ReportPdf {
    /** How wide pictures may be: the width of an A4 page between its margins, in CSS pixels. */
    static final double PAGE_WIDTH = 680;

    /** What a picture may refer to: the pixels of a map, which stand in the picture itself. */
    private static final Set<String> PICTURES_INSIDE = Set.of("data");

    private ReportPdf() {}

    static void write(String page, Path file) throws IOException {
        XRLog.setLoggingEnabled(false);
        try (OutputStream out = Files.newOutputStream(file);
                BatikSVGDrawer pictures =
                        new BatikSVGDrawer(BatikSVGDrawer.SvgScriptMode.SECURE, PICTURES_INSIDE)) {
            new PdfRendererBuilder()
                    .useSVGDrawer(pictures)
                    .useFont(
                            () -> face("Regular"),
                            ChartStyle.FONT_FAMILY,
                            400,
                            FontStyle.NORMAL,
                            true)
                    .useFont(
                            () -> face("Bold"), ChartStyle.FONT_FAMILY, 700, FontStyle.NORMAL, true)
                    .withHtmlContent(page, null)
                    .withProducer("AgileLens")
                    .toStream(out)
                    .run();
        }
    }

    private static InputStream face(String name) {
        String resource = "/io/agilelens/resources/fonts/Roboto-" + name + ".ttf";
        InputStream in = ReportPdf.class.getResourceAsStream(resource);
        if (in == null) {
            throw new IllegalStateException("the resources module lacks " + resource);
        }
        return in;
    }
}
