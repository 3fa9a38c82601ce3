package io.agilelens.views.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.views.GuiTest;
import java.util.List;
import java.util.stream.Stream;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Label;
import javafx.scene.layout.StackPane;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FactColumnsTest extends GuiTest {
    private final FactColumns facts = new FactColumns();

    @Override
    protected Parent createRoot() {
        return new StackPane(facts);
    }

    private void show(double width, int longer, String... words) {
        interact(
                () -> {
                    List<Label> labels = Stream.of(words).map(Label::new).toList();
                    facts.show(
                            labels.subList(0, labels.size() - longer),
                            labels.subList(labels.size() - longer, labels.size()));
                    facts.setMaxWidth(width);
                });
        settle();
    }

    private List<Double> columns() {
        return facts.getChildrenUnmodifiable().stream()
                .map(Node::getLayoutX)
                .distinct()
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @ValueSource(doubles = {260, 420, 700})
    void factsStandBelowEachOther(double width) {
        show(
                width,
                0,
                "LLaMA",
                "8",
                "tied to the embedding",
                "4 × 32",
                "BPE, byte-level",
                "2048",
                "F16");
        int rows =
                (int)
                        facts.getChildrenUnmodifiable().stream()
                                .mapToDouble(Node::getLayoutY)
                                .distinct()
                                .count();
        assertEquals(Math.ceilDiv(7, columns().size()), rows);
        for (Node fact : facts.getChildrenUnmodifiable()) {
            assertTrue(fact.getLayoutX() + fact.prefWidth(-1) <= width + 1, fact.toString());
            assertTrue(
                    ((Label) fact).getWidth() >= Math.floor(fact.prefWidth(-1)), fact.toString());
        }
    }

    @Test
    void aLongPathIsCutAndLeavesRoomForOthers() {
        show(500, 0, "/a/folder/with/a/long/name/in/it/and/many/others/below/it/model", "F16", "8");
        assertEquals(3, columns().size());
    }

    @Test
    void aLongFactReachesOverColumnsOfTheOthers() {
        show(300, 1, "LLaMA", "8", "F16", "128", "2048", "512", "bundled text lighthouse.txt");
        Node last = facts.getChildrenUnmodifiable().getLast();
        assertTrue(columns().size() > 3, columns().toString());
        assertTrue(last.prefWidth(-1) > columns().get(1) - columns().get(0));
        assertTrue(((Label) last).getWidth() >= Math.floor(last.prefWidth(-1)));
        for (Node fact : facts.getChildrenUnmodifiable()) {
            boolean apart =
                    fact == last
                            || fact.getLayoutY() != last.getLayoutY()
                            || !fact.getBoundsInParent().intersects(last.getBoundsInParent());
            assertTrue(apart, fact + " and " + last);
        }
    }
}
