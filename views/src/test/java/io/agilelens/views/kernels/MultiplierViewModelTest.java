package io.agilelens.views.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.quant.PackedMultiplication;
import io.agilelens.engine.quant.PackedMultiplication.Carrier;
import java.util.List;
import org.junit.jupiter.api.Test;

class MultiplierViewModelTest {
    private final MultiplierViewModel model = new MultiplierViewModel();

    private MultiplierViewModel.Picture picture() {
        return model.pictureProperty().get();
    }

    private BitRow last() {
        return picture().rows().getLast();
    }

    private static PackedMultiplication of(Carrier carrier, int lower, int upper, int activation) {
        return new PackedMultiplication(carrier, lower, upper, activation, 4);
    }

    @Test
    void stepsGoFromTheOperandsToTheFieldsAndBack() {
        model.use(of(Carrier.INT16, -3, 5, 6));
        assertTrue(picture().isFirst());
        assertEquals(List.of("0101", "1101", "0110"), texts());
        model.forward();
        assertEquals("0000010011111101", last().text(), "5 · 256 − 3, the 5 lent 1 below");
        assertTrue(picture().sentence().contains("borrows"));
        for (int bit = 0; bit < 4; bit++) {
            model.forward();
        }
        assertEquals(BitRow.Kind.NOTHING, last().kind(), "bit 3 of 6 is 0");
        assertEquals(4 + 4, picture().rows().size());
        model.forward();
        List<BitRow> rows = picture().rows();
        assertEquals("−18", rows.getLast().value());
        assertEquals("30", rows.get(rows.size() - 2).value());
        assertFalse(picture().collides());
        for (int i = 0; i < 20; i++) {
            model.back();
        }
        assertTrue(picture().isFirst());
    }

    @Test
    void theSignBitOfTheActivationIsSubtracted() {
        model.use(of(Carrier.FLOAT, 7, 1, -8));
        for (int i = 0; i < 5; i++) {
            model.forward();
        }
        assertEquals(BitRow.Kind.FIELDS, last().kind());
        assertEquals("−32824", last().value(), "(7 + 4096) · −8");
        assertTrue(last().label().contains("subtract"));
    }

    @Test
    void collisionsAreFoundAndSaid() {
        model.use(of(Carrier.INT16, -8, 1, -8));
        model.toCollision();
        assertTrue(picture().collides());
        assertEquals(2, picture().sums());
        assertTrue(picture().sentence().startsWith("Collision: 2 products make 128"));
        assertTrue(last().collides());
        assertEquals("−128, should be 128", last().value());
        model.forward();
        assertEquals(2, picture().sums(), "beyond a collision there is nothing to see");
        model.use(Carrier.FLOAT);
        assertFalse(picture().collides(), "12 bits hold more");
        model.toCollision();
        assertEquals(32, picture().sums());
    }

    @Test
    void operandsChangeWhereOneStands() {
        model.use(of(Carrier.INT16, 1, 1, 1));
        model.toProduct();
        model.setUpper(-2);
        model.setLower(3);
        model.setActivation(7);
        List<BitRow> rows = picture().rows();
        assertEquals("21", rows.getLast().value());
        assertEquals("−14", rows.get(rows.size() - 2).value());
        model.setActivationBits(8);
        model.setActivation(-100);
        model.setActivationBits(4);
        assertEquals(-8, model.operands().activation(), "brought into its range");
    }

    @Test
    void aFloatShowsItsOwnBits() {
        model.use(of(Carrier.FLOAT, 0, 1, 1));
        model.forward();
        assertEquals(BitRow.Kind.IEEE, last().kind());
        assertEquals("01000101100000000000000000000000", last().text(), "4096 = 1.0 · 2^12");
    }

    private List<String> texts() {
        return picture().rows().stream().map(BitRow::text).toList();
    }
}
