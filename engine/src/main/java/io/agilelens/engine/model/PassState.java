package io.agilelens.engine.model;

import io.agilelens.engine.tensor.Matrix;

/**
 * Where a pass over a sequence stands: in front of a layer, or behind the last one. {@link
 * Decoder#step} works in the residual stream, so whoever wants to come back here keeps a {@link
 * #copy()}. It suits any decoder of the model whose layers up to here compute the same.
 */
public final class PassState {
    private final int layer;
    private final Matrix residual;
    private final int[] survivors;
    private final Positions positions;
    private final TokenMarks marks;
    private final Workspace workspace;

    PassState(
            int layer,
            Matrix residual,
            int[] survivors,
            Positions positions,
            TokenMarks marks,
            Workspace workspace) {
        this.layer = layer;
        this.residual = residual;
        this.survivors = survivors;
        this.positions = positions;
        this.marks = marks;
        this.workspace = workspace;
    }

    /** The layer that comes next, from 0; the number of layers if none does. */
    public int layer() {
        return layer;
    }

    /** What enters the layer, {@code [tokens still alive, hidden]}. */
    public Matrix residual() {
        return residual;
    }

    /** Indices among the pass's tokens of those still alive, ascending; read only. */
    public int[] survivors() {
        return survivors;
    }

    Positions positions() {
        return positions;
    }

    TokenMarks marks() {
        return marks;
    }

    /** Arrays for the layers to come. */
    Workspace workspace() {
        return workspace;
    }

    /** The same place with a residual stream and a workspace of its own. */
    public PassState copy() {
        return new PassState(layer, residual.copy(), survivors, positions, marks, new Workspace());
    }

    /** Bytes of the residual stream, next to which nothing else counts. */
    public long bytes() {
        return (long) Float.BYTES * residual.rows() * residual.columns();
    }
}
