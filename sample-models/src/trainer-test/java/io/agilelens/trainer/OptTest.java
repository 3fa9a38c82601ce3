package io.agilelens.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class OptTest {
    private static final DecoderShape SHAPE = new Opt().sampleShape();
    private static final int TOKENS = 24;

    @Test
    void headsOfTheFirstLayerStartByLookingOneTwoThreeTokensBack() {
        float[] fresh = new WeightLayout(SHAPE).initial(new Random(5));
        ReferenceDecoder reference = new ReferenceDecoder(SHAPE, fresh);
        reference.logits(new Random(6).ints(TOKENS, 0, SHAPE.vocabulary()).toArray());
        for (int head = 0; head < SHAPE.heads(); head++) {
            double[] toStart = reference.attentionToStart[0][head];
            int target = head + 1;
            int most = target; // those before see too little to choose
            for (int position = target + 1; position < TOKENS; position++) {
                most = toStart[position] > toStart[most] ? position : most;
            }
            assertEquals(target, most, "position that looks at position 0 the most");
            assertTrue(toStart[most] > 0.3, "attention " + toStart[most]);
        }
    }
}
