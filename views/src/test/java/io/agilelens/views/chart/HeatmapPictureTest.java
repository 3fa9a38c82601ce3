package io.agilelens.views.chart;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import javafx.scene.paint.Color;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether the words around the cells find the room that they were given. */
class HeatmapPictureTest {
    private static final double LETTER = 7;
    private static final double WIDTH = 300;

    /** A pen whose letters are all as wide, which keeps where words end. */
    private static final class Measured implements Pen {
        private final List<String> beyond = new ArrayList<>();
        private int words;

        @Override
        public void line(double x1, double y1, double x2, double y2, Color color, double width) {}

        @Override
        public void fill(double x, double y, double width, double height, Color color) {}

        @Override
        public void frame(
                double x, double y, double width, double height, Color color, double lineWidth) {}

        @Override
        public void text(String text, double x, double y, Anchor anchor, double size, Color color) {
            words++;
            double end = anchor == Anchor.START ? x + textWidth(text, size) : x;
            if (end > WIDTH) {
                beyond.add(text);
            }
        }

        @Override
        public void textUpwards(String text, double x, double y, double size, Color color) {}

        @Override
        public void image(
                int[] argb,
                int pixelWidth,
                int pixelHeight,
                double x,
                double y,
                double width,
                double height) {}

        @Override
        public double textWidth(String text, double size) {
            return LETTER * text.length();
        }
    }

    /** The fewer values the legend names, the longer some of them are. */
    @ParameterizedTest
    @ValueSource(doubles = {90, 110, 140, 200, 320, 600})
    void theLegendsValuesAreWhole(double height) {
        HeatmapData data =
                HeatmapData.adopt(
                        2,
                        3,
                        new float[] {0.0137f, 97.93f, 1, 2, 3, 4},
                        HeatmapData.Labels.numbered("max |x|", "", "layer", "channel"));
        for (ValueScale scale :
                List.of(
                        ValueScale.log(0.0137, 97.93, ""),
                        ValueScale.linear(-0.0341, 97.93, ""),
                        ValueScale.symmetric(0.0341, ""),
                        ValueScale.symmetricLog(123.4, ""))) {
            Measured pen = new Measured();
            HeatmapPicture.lay(
                            data,
                            Viewport.whole(data),
                            scale,
                            ColorMap.sequential(false),
                            ChartStyle.LIGHT,
                            WIDTH,
                            height,
                            pen)
                    .drawAxes(pen);
            assertFalse(pen.words == 0);
            assertTrue(pen.beyond.isEmpty(), () -> pen.beyond + " at height " + height);
        }
    }
}
