package io.agilelens.engine.model;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.agilelens.engine.UserException;
import java.lang.management.ManagementFactory;

/**
 * The heap of this process.
 *
 * @param maximum bytes that it may grow to
 * @param used bytes that are taken, garbage perhaps among them
 * @param region bytes that large arrays are rounded up to; 1 if they are not
 */
public record HeapRoom(long maximum, long used, long region) {
    /**
     * System property with the mebibytes of heap that models may count on where that is less than
     * Java may take: what is beyond stays free for others.
     */
    public static final String PROPERTY = "agilelens.memory";

    private static final long REGION = regionOfCollector();

    /**
     * The heap as it is now. Where less than {@code wanted} seems free, garbage is collected first,
     * so that only what is in use counts.
     *
     * @param wanted bytes
     * @throws UserException if {@value #PROPERTY} is not a positive number
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
                Math.min(runtime.maxMemory(), limit(System.getProperty(PROPERTY))),
                runtime.totalMemory() - runtime.freeMemory(),
                REGION);
    }

    private static long limit(String property) {
        if (property == null) {
            return Long.MAX_VALUE;
        }
        try {
            long mebibytes = Long.parseLong(property);
            if (mebibytes >= 1) {
                return Math.multiplyExact(mebibytes, 1L << 20);
            }
        } catch (NumberFormatException | ArithmeticException e) {
            // told below, as for a number below 1
        }
        throw new UserException(
                "-D%s=%s is not a number of mebibytes: give 1 or more"
                        .formatted(PROPERTY, property));
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
