package io.agilelens.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.agilelens.engine.tensor.Matrix;
import org.junit.jupiter.api.Test;

class WorkspaceTest {
    /** As long as this passes inherit, and no other test has it. */
    private static final int LONG = 123_457;

    private final Workspace workspace = new Workspace();

    /** So that the collector does not come first. */
    private Workspace kept;

    @Test
    void whatIsInUseIsNotHandedOutAgain() {
        float[] first = workspace.floats(10);
        float[] second = workspace.floats(10);
        assertNotSame(first, second);
        workspace.giveBack(first);
        assertSame(first, workspace.floats(10));
        assertNotSame(first, workspace.floats(10));
    }

    @Test
    void theSmallestArrayThatIsLargeEnoughIsTaken() {
        float[] large = workspace.floats(100);
        float[] small = workspace.floats(10);
        workspace.giveBack(large);
        workspace.giveBack(small);
        assertSame(small, workspace.floats(8));
        assertSame(large, workspace.floats(11));
        assertEquals(12, workspace.floats(12).length);
    }

    /** After pruning a matrix has fewer rows than its array has room for. */
    @Test
    void aMatrixMayBeSmallerThanItsArray() {
        Matrix many = workspace.matrix(6, 4);
        workspace.giveBack(many);
        Matrix few = workspace.matrix(5, 4);
        assertSame(many.data(), few.data());
        assertEquals(5, few.rows());
        assertEquals(20, few.copy().data().length);
    }

    @Test
    void bytesAreKeptApart() {
        byte[] codes = workspace.bytes(10);
        workspace.giveBack(codes);
        assertEquals(10, workspace.floats(10).length);
        assertSame(codes, workspace.bytes(9));
    }

    @Test
    void whatAPassLeftIsTakenByTheNextOneOnly() {
        float[] array = workspace.floats(LONG);
        byte[] codes = workspace.bytes(LONG);
        workspace.giveBack(array);
        workspace.giveBack(codes);
        kept = workspace.leave();
        workspace.leave();
        Workspace next = new Workspace();
        assertSame(array, next.floats(LONG));
        assertSame(codes, next.bytes(LONG));
        assertNotSame(array, new Workspace().floats(LONG));
        assertNotSame(array, workspace.floats(LONG));
    }

    /** An array that the pass that ended last left. */
    private float[] left() {
        float[] array = workspace.floats(LONG);
        workspace.giveBack(array);
        kept = workspace.leave();
        return array;
    }

    /** Steps of decoding come between one prompt and the next. */
    @Test
    void shortPassesLeaveWhatIsThere() {
        float[] array = left();
        Workspace step = new Workspace();
        step.giveBack(step.floats(10));
        step.leave();
        assertSame(array, new Workspace().floats(LONG));
    }

    /** Otherwise ever more arrays of lengths that nobody wants would be kept. */
    @Test
    void whatTheNextPassDoesNotTakeIsGone() {
        float[] array = left();
        Workspace next = new Workspace();
        next.giveBack(next.floats(LONG + 1));
        next.leave();
        assertNotSame(array, new Workspace().floats(LONG));
    }

    @Test
    void whoReadsWhatHeGaveBackSeesIt() {
        float[] array = workspace.floats(1);
        byte[] codes = workspace.bytes(1);
        workspace.giveBack(array);
        workspace.giveBack(codes);
        assertEquals(Float.NaN, array[0]);
        assertEquals(Byte.MIN_VALUE, codes[0]);
    }
}
