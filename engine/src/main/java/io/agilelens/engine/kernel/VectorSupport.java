package io.agilelens.engine.kernel;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.VectorShape;

/**
 * Whether this JVM turns the Vector API into instructions, and up to which width.
 *
 * @param widestBits widest vectors that pay, 0 if there are none
 * @param obstacle what keeps vector code from running well and what would mend it; null if nothing
 */
record VectorSupport(int widestBits, String obstacle) {

    private static final String MODULE = "jdk.incubator.vector";

    /** Looks at the running JVM. Classes of the Vector API are touched only if they are there. */
    static VectorSupport probe() {
        String obstacle = findObstacle();
        if (obstacle != null) {
            return new VectorSupport(0, obstacle);
        }
        int bits = Math.min(512, Shape.preferredBits());
        return bits >= 128
                ? new VectorSupport(bits, null)
                : new VectorSupport(
                        0,
                        "this processor or -XX:MaxVectorSize leaves vectors of only "
                                + bits
                                + " bits; 128 are needed");
    }

    /**
     * Vector registers: 32 on ARM and with AVX-512, which also gives them to shorter vectors, else
     * 16.
     */
    static int registers() {
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        return arm || Shape.preferredBits() >= 512 ? 32 : 16;
    }

    /** Widths that can be had, ascending, without 0. */
    List<Integer> widths() {
        List<Integer> widths = new ArrayList<>();
        for (int bits = 128; bits <= widestBits; bits *= 2) {
            widths.add(bits);
        }
        return widths;
    }

    private static String findObstacle() {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            return "the module %s is not loaded; start Java with --add-modules=%1$s"
                    .formatted(MODULE);
        }
        if (ManagementFactory.getCompilationMXBean() == null) {
            return "this JVM only interprets; start Java without -Xint";
        }
        if (ModuleLayer.boot().findModule("jdk.management").isEmpty()) {
            return "the module jdk.management, which tells the compiler in use, is not loaded;"
                    + " add it to the run-time image";
        }
        return HotSpot.findObstacle();
    }

    /** Bytes from the start of an array of numbers to the first of them. */
    static int arrayHeaderBytes() {
        return ArrayLayout.HEADER_BYTES;
    }

    /** Bytes of an array that the collector surely gives regions for itself; 0 if it never does. */
    static int largeObjectBytes() {
        return ArrayLayout.LARGE_BYTES;
    }

    /** Rows of a tile, see {@link FloatProducts#tileTokens}. */
    static int tileRows() {
        return registers() >= 32 ? 12 : 6;
    }

    /** Rows of a tile, see {@link ShortProducts#tileTokens}. */
    static int shortTileRows() {
        return registers() >= 32 ? 8 : 6;
    }

    /** Kept apart because the module of these classes may be absent. */
    private static final class Shape {
        static int preferredBits() {
            return VectorShape.preferredShape().vectorBitSize();
        }
    }

    /** Kept apart because the module of these classes may be absent. */
    private static final class HotSpot {
        private static final HotSpotDiagnosticMXBean OPTIONS =
                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);

        static String findObstacle() {
            if (OPTIONS == null) {
                return "this is not a HotSpot JVM; use OpenJDK";
            }
            if (option("UseJVMCICompiler", "false").equals("true")) {
                return "another compiler replaces C2; start Java with -XX:-UseJVMCICompiler";
            }
            if (Integer.parseInt(option("TieredStopAtLevel", "4")) < 4) {
                return "the compiler C2 is switched off; start Java without -XX:TieredStopAtLevel"
                        + " and -client";
            }
            if (option("EnableVectorSupport", "true").equals("false")) {
                return "vector instructions are switched off;"
                        + " start Java without -XX:-EnableVectorSupport";
            }
            if (option("UseFMA", "true").equals("false")) {
                return "fused multiplication is switched off or this processor lacks it;"
                        + " start Java without -XX:-UseFMA";
            }
            return null;
        }

        private static String option(String name, String otherwise) {
            try {
                return OPTIONS.getVMOption(name).getValue();
            } catch (IllegalArgumentException e) {
                return otherwise; // this JVM knows no such option
            }
        }
    }

    /** How the JVM lays arrays out; asked only where vectors pay, which is on HotSpot. */
    private static final class ArrayLayout {
        /** Of what G1 takes by itself. */
        private static final int LARGEST_HALF_REGION = 16 << 20;

        /** Mark, class and length; the class is part of the mark in compact headers. */
        static final int HEADER_BYTES =
                HotSpot.option("UseCompactObjectHeaders", "false").equals("true")
                        ? 12
                        : HotSpot.option("UseCompressedClassPointers", "true").equals("true")
                                ? 16
                                : 20;

        static final int LARGE_BYTES = largeObjectBytes();

        /** Half a region of G1, unless regions were asked for that are too large to fill one. */
        private static int largeObjectBytes() {
            if (HotSpot.option("UseG1GC", "false").equals("false")) {
                return 0;
            }
            int half = Integer.parseInt(HotSpot.option("G1HeapRegionSize", "0")) / 2;
            return half <= LARGEST_HALF_REGION ? half : 0;
        }
    }
}
