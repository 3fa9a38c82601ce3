package io.agilelens.views;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agilelens.views.workbench.WindowComparison;
import io.agilelens.views.workbench.Workbench;
import java.util.Optional;
import javafx.scene.Parent;
import javafx.scene.control.Hyperlink;
import org.junit.jupiter.api.Test;

class PlaceLineTest extends GuiTest {
    private static final int TOKEN = 3;

    private final ComparisonFixture fixture = ComparisonFixture.tiny();
    private Workbench workbench;
    private PlaceLine line;

    @Override
    protected Parent createRoot() {
        workbench = fixture.workbench(fixture.prunedRecipe());
        line = new PlaceLine(workbench, new RecordingActions(), "quality");
        return line;
    }

    private String token() {
        return from(line).lookup(".selection-path .hyperlink").queryAllAs(Hyperlink.class).stream()
                .map(Hyperlink::getText)
                .filter(text -> text.startsWith("token "))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void namesTheTokenOfTheWindowThatIsShown() {
        WindowComparison window = workbench.comparisonProperty().get().orElseThrow();
        String named = Messages.text("selection.token", TokenNames.name(window.tokens(), TOKEN));
        interact(
                () -> {
                    Selection selection = workbench.selection();
                    selection.select(selection.place().withToken(TOKEN));
                });
        assertEquals(named, token());
        interact(() -> workbench.comparisonProperty().set(Optional.empty()));
        assertEquals(Messages.text("selection.token", Integer.toString(TOKEN)), token());
        interact(() -> workbench.comparisonProperty().set(Optional.of(window)));
        assertEquals(named, token());
    }
}
