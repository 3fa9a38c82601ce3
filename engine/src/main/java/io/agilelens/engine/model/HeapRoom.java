package io.agilelens.engine.model;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * The heap of this process.
 *
 * @param maximum bytes that it may grow to
 * @param used bytes that are taken, garbage perhaps among them
 * @param region bytes that large arrays are rounded up to; 1 if they are not
 */
public record HeapRoom(long maximum, long used, long region) {
    private static final long REGION = regionOfCollector();

    /**
     * The heap as it is now. Where less than {@code wanted} seems free, garbage is collected first,
     * so that only what is in use counts.
     *
     * @param wanted bytes
     */
    public static HeapRoom now(long wanted) {
        HeapRoom room = measure();
        if (room.free() < wanted) {
            System.gc();
            room = measure();
        }
        return room;
    }

    private static HeapRoom measure() {
        Runtime runtime = Runtime.getRuntime();
        return new HeapRoom(
                runtime.maxMemory(), runtime.totalMemory() - runtime.freeMemory(), REGION);
    }

    /** Bytes that are not taken. */
    public long free() {
        return Math.max(0, maximum - used);
    }

    /**
     * What an array takes. The usual collector gives an array that fills more than half a region
     * whole regions of its own, which for one a few bytes over a power of two is nearly twice its
     * size.
     *
     * @param bytes of its elements
     */
    public long array(long bytes) {
        long whole = bytes + 16;
        return whole * 2 <= region ? whole : (whole + region - 1) / region * region;
    }

    private static long regionOfCollector() {
        try {
            var options = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            return Boolean.parseBoolean(options.getVMOption("UseG1GC").getValue())
                    ? Math.max(
                            1, Long.parseLong(options.getVMOption("G1HeapRegionSize").getValue()))
                    : 1;
        } catch (RuntimeException | LinkageError unknown) {
            return 1;
        }
    }
}
