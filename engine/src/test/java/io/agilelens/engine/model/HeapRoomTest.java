package io.agilelens.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeapRoomTest {
    @AfterEach
    void forgetLimit() {
        System.clearProperty(HeapRoom.PROPERTY);
    }

    @Test
    void aLimitHoldsWhereItIsLessThanTheHeap() {
        long heap = Runtime.getRuntime().maxMemory();
        assertEquals(heap, HeapRoom.now(0).maximum());
        System.setProperty(HeapRoom.PROPERTY, "64");
        assertEquals(64L << 20, HeapRoom.now(0).maximum());
        assertTrue(HeapRoom.now(0).free() <= 64L << 20);
        System.setProperty(HeapRoom.PROPERTY, Long.toString(heap));
        assertEquals(heap, HeapRoom.now(0).maximum());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-5", "lots", "9223372036854775807"})
    void whatIsNoNumberOfMebibytesIsTold(String property) {
        System.setProperty(HeapRoom.PROPERTY, property);
        UserException told = assertThrows(UserException.class, () -> HeapRoom.now(0));
        assertTrue(told.getMessage().contains("-Dagilelens.memory=" + property));
    }
}
