package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AlignedRoomTest {
    private static final int LINE_BYTES = 64;

    @Test
    void roomsStartWhereLinesOfLargeArraysDo() {
        for (int length : new int[] {1, 16, 17, 6144}) {
            var floats = AlignedRoom.ofFloats(length);
            assertEquals(0, (VectorSupport.arrayHeaderBytes() + 4L * floats.offset()) % LINE_BYTES);
            assertTrue(floats.length() >= length);
            var shorts = AlignedRoom.ofShorts(length);
            assertEquals(0, (VectorSupport.arrayHeaderBytes() + 2L * shorts.offset()) % LINE_BYTES);
            assertTrue(shorts.length() >= length);
            var own = AlignedRoom.ofManyFloats(length);
            assertEquals(0, (VectorSupport.arrayHeaderBytes() + 4L * own.offset()) % LINE_BYTES);
            assertTrue(own.length() >= length && own.offset() + own.length() <= own.array().length);
        }
    }

    @Test
    void roomsOfSeveralThreadsDoNotOverlap() {
        List<AlignedRoom<float[]>> rooms = new ArrayList<>();
        IntStream.range(0, 2000)
                .parallel()
                .mapToObj(i -> AlignedRoom.ofFloats(1 + i % 3000))
                .forEach(
                        room -> {
                            synchronized (rooms) {
                                rooms.add(room);
                            }
                        });
        for (int i = 0; i < rooms.size(); i++) {
            var room = rooms.get(i);
            Arrays.fill(room.array(), room.offset(), room.offset() + room.length(), i);
        }
        for (int i = 0; i < rooms.size(); i++) {
            var room = rooms.get(i);
            for (int at = room.offset(); at < room.offset() + room.length(); at++) {
                assertEquals(i, room.array()[at]);
            }
        }
    }

    @Test
    void aRoomLargerThanWhatIsSharedHasAnArray() {
        int many = VectorSupport.largeObjectBytes() / 4 + 1000;
        var first = AlignedRoom.ofFloats(many);
        var second = AlignedRoom.ofFloats(many);
        assertNotSame(first.array(), second.array());
        assertTrue(first.offset() + first.length() <= first.array().length);
    }

    @Test
    void muchRoomIsLargeForTheCollectorAndLittleRoomIsNot() {
        int large = VectorSupport.largeObjectBytes() / 4;
        assertTrue(AlignedRoom.ofManyFloats(large / 16 + 1).array().length >= large);
        assertTrue(AlignedRoom.ofManyFloats(large / 32).array().length <= large / 32 + 16);
    }

    @Test
    void noRoomHoldsNothing() {
        assertEquals(0, AlignedRoom.none().length());
    }
}
