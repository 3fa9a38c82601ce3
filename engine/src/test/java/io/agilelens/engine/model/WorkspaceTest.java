package io.agilelens.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.agilelens.engine.tensor.Matrix;
import org.junit.jupiter.api.Test;

class WorkspaceTest {
    private final Workspace workspace = new Workspace();

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
}
