package io.agilelens.engine.kernel;

/**
 * How the panels of a large weight are spread over several arrays. Java clears a new array in one
 * go, and whoever cancels waits that long; and no weight is too large for an array's index.
 *
 * @param panels of the weight
 * @param panelLength elements of a panel
 * @param panelsPerChunk all chunks but the last have so many
 */
record PanelChunks(int panels, int panelLength, int panelsPerChunk) {

    /**
     * Few milliseconds of clearing, and large enough for the collector not to move it about. With
     * its header an array stays below a power of two: a large object has whole regions of the heap
     * for itself, and a few bytes more would cost another one.
     */
    private static final int BYTES = (8 << 20) - 64;

    /**
     * @param elementBytes of one weight
     */
    static PanelChunks of(int outputs, int inputs, int width, int elementBytes) {
        int panelLength = Math.multiplyExact(inputs, width);
        long panelBytes = Math.max(1, (long) panelLength * elementBytes);
        return new PanelChunks(
                Panels.count(outputs, width), panelLength, (int) Math.max(1, BYTES / panelBytes));
    }

    int count() {
        return Math.ceilDiv(panels, panelsPerChunk);
    }

    /** First panel of a chunk. */
    int first(int chunk) {
        return chunk * panelsPerChunk;
    }

    /** Panels of a chunk. */
    int panels(int chunk) {
        return Math.min(panelsPerChunk, panels - first(chunk));
    }

    /** Elements of a chunk. */
    int length(int chunk) {
        return panels(chunk) * panelLength;
    }

    /** Elements of all chunks. */
    long length() {
        return (long) panels * panelLength;
    }

    /** The chunk that a panel lies in. */
    int of(int panel) {
        return panel / panelsPerChunk;
    }

    /** Where a panel starts within its chunk. */
    int start(int panel) {
        return panel % panelsPerChunk * panelLength;
    }
}
