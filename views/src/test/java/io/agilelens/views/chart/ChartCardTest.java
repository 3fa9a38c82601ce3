package io.agilelens.views.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.views.GuiTest;
import javafx.scene.Parent;
import javafx.scene.layout.StackPane;
import org.junit.jupiter.api.Test;

class ChartCardTest extends GuiTest {
    private LineChartPane picture;
    private ChartCard card;

    @Override
    protected Parent createRoot() {
        picture =
                new LineChartPane(
                        "picture", ChartPane.Axis.linear("x", ""), ChartPane.Axis.linear("y", ""));
        card = new ChartCard("Heading", "A short sentence.", picture);
        return new StackPane(card);
    }

    @Override
    protected double width() {
        return 320;
    }

    @Override
    protected double height() {
        return 300;
    }

    private double heightWith(String sentence) {
        interact(() -> card.setSentence(sentence));
        settle();
        return picture.getHeight();
    }

    @Test
    void aPictureKeepsItsHeightWhateverIsSaidBelow() {
        double oneLine = heightWith("Channel 92.");
        String sentence = "Channel 91 is the largest of its layer, and no other is near it.";
        double usual = heightWith(sentence);
        assertTrue(usual < oneLine, "such a sentence needs two lines, or nearly so");
        assertEquals(usual, heightWith(sentence.replace("91", "1024")));
        assertEquals(usual, heightWith("Channel 92."));
        double least = heightWith(sentence.repeat(3));
        assertTrue(least < usual, "several lines have room");
        assertEquals(least, heightWith("Channel 92."));
    }
}
