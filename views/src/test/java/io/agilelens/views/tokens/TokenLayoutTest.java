package io.agilelens.views.tokens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenLayoutTest {

    private static TokenLayout layout(double width, String... tokens) {
        return TokenLayout.of(List.of(tokens), width, 0, String::length, token -> 0);
    }

    @Test
    void breaksBetweenWordsNotInThem() {
        TokenLayout layout = layout(10, "one", " two", " thr", "ee", " four");
        assertEquals(
                List.of(0, 0, 1, 1, 2),
                layout.places().stream().map(TokenLayout.Place::line).toList());
        assertEquals(3, layout.lines());
        assertEquals(4, layout.places().get(3).x());
    }

    @Test
    void aLineEndEndsTheLineAndIsSeen() {
        TokenLayout layout = layout(100, "a", "\n", "b");
        assertEquals("¶", layout.places().get(1).text());
        assertEquals(1, layout.places().get(2).line());
        assertEquals(0, layout.places().get(2).x());
    }

    @Test
    void findsTokensByPlaceAndNeighboursByLine() {
        TokenLayout layout = layout(8, "aaaa", " bbb", " cccc", " dd");
        assertEquals(1, layout.at(0, 5));
        assertEquals(2, layout.at(1, 0));
        assertEquals(-1, layout.at(0, 9));
        assertEquals(2, layout.vertically(0, 1));
        assertEquals(0, layout.vertically(0, -1));
        assertEquals(3, layout.vertically(1, 5));
    }

    @Test
    void neverOverlapsNorLeavesTheLine() {
        Random random = new Random(1);
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            String space = random.nextInt(3) == 0 ? " " : random.nextInt(40) == 0 ? "\n" : "";
            tokens.add(space + "x".repeat(random.nextInt(1, 30)));
        }
        TokenLayout layout = TokenLayout.of(tokens, 40, 1, String::length, token -> 0);
        TokenLayout.Place before = null;
        for (TokenLayout.Place place : layout.places()) {
            assertTrue(place.x() + place.width() <= 40, place.toString());
            if (before != null && before.line() == place.line()) {
                assertTrue(place.x() >= before.x() + before.width() + 1, place.toString());
            } else if (before != null) {
                assertTrue(place.line() > before.line());
            }
            before = place;
        }
        assertEquals(before.line() + 1, layout.lines());
    }
}
