package io.agilelens.views;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import javafx.css.CssParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StylesheetTest {

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark", "agilelens"})
    void everyRuleIsUnderstood(String name) throws IOException {
        var url = Theme.class.getResource("/io/agilelens/resources/theme/" + name + ".css");
        CssParser.errorsProperty().clear();
        new CssParser().parse(url);
        assertEquals(List.of(), List.copyOf(CssParser.errorsProperty()));
    }

    @Test
    void aBrokenRuleIsNoticed() {
        CssParser.errorsProperty().clear();
        new CssParser().parse(".a { -fx-text-fill: ; .b {}");
        assertEquals(false, CssParser.errorsProperty().isEmpty());
        CssParser.errorsProperty().clear();
    }
}
