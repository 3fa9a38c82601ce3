package io.agilelens.engine.model;

/** Room for values that each thread keeps for itself, grown as needed. */
final class ThreadRoom {
    private final ThreadLocal<float[]> kept = ThreadLocal.withInitial(() -> new float[0]);

    /** At least as many values as asked for; what they are is left over from before. */
    float[] floats(int length) {
        float[] room = kept.get();
        if (room.length < length) {
            room = new float[length];
            kept.set(room);
        }
        return room;
    }
}
