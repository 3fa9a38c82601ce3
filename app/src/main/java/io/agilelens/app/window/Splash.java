package io.agilelens.app.window;

import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import io.agilelens.views.chart.ChartStyle;
import io.agilelens.views.chart.ColorMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import javafx.geometry.VPos;
import javafx.scene.Group;
import javafx.scene.Scene;
import javafx.scene.paint.Color;
import javafx.scene.shape.Rectangle;
import javafx.scene.text.Font;
import javafx.scene.text.FontWeight;
import javafx.scene.text.Text;
import javafx.stage.Stage;
import javafx.stage.StageStyle;

/**
 * What is seen while the workbench is being built. It is made of shapes only: controls would wait
 * for the stylesheets.
 */
final class Splash {
    private static final double WIDTH = 480;
    private static final double HEIGHT = 270;
    private static final double MARGIN = 36;

    private static final int ROWS = 7;
    private static final int COLUMNS = 34;
    private static final double CELL = 12;

    private final Stage stage = new Stage(StageStyle.UNDECORATED);

    /** On the JavaFX thread, in the colours of the window that follows. */
    Splash(Theme.Mode mode) {
        stage.setScene(scene(Theme.styleOf(mode)));
        stage.setTitle(Messages.text("window.product"));
        stage.setResizable(false);
        stage.centerOnScreen();
    }

    /** The picture, apart from a window. */
    static Scene scene(ChartStyle style) {
        Rectangle frame = new Rectangle(0.5, 0.5, WIDTH - 1, HEIGHT - 1);
        frame.setFill(style.background());
        frame.setStroke(style.grid());
        Text name = text("window.product", 34, FontWeight.MEDIUM, style.text());
        name.relocate(MARGIN, MARGIN);
        Text purpose = text("window.purpose", 15, FontWeight.NORMAL, style.muted());
        purpose.relocate(MARGIN, MARGIN + 48);
        Group map = map(style);
        map.relocate(MARGIN, HEIGHT - MARGIN - ROWS * CELL);
        return new Scene(new Group(frame, name, purpose, map), WIDTH, HEIGHT, style.background());
    }

    private static Text text(String key, double size, FontWeight weight, Color color) {
        Text text = new Text(Messages.text(key));
        text.setFont(Font.font(ChartStyle.FONT_FAMILY, weight, size));
        text.setFill(color);
        text.setTextOrigin(VPos.TOP);
        return text;
    }

    /** What the program is about: a few channels that stand out in every layer. An ornament. */
    private static Group map(ChartStyle style) {
        ColorMap colors = ColorMap.sequential(style.dark());
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(5);
        Group map = new Group();
        for (int row = 0; row < ROWS; row++) {
            for (int column = 0; column < COLUMNS; column++) {
                boolean outlier = column == 9 || column == 24 && row > 1;
                double value =
                        outlier ? 0.75 + 0.2 * random.nextDouble() : 0.3 * random.nextDouble();
                Rectangle cell = new Rectangle(column * CELL, row * CELL, CELL - 1, CELL - 1);
                cell.setFill(color(colors.argb(value)));
                map.getChildren().add(cell);
            }
        }
        return map;
    }

    private static Color color(int argb) {
        return Color.rgb(argb >> 16 & 0xFF, argb >> 8 & 0xFF, argb & 0xFF);
    }

    void show() {
        stage.show();
    }

    void hide() {
        stage.hide();
    }
}
