package io.agilelens.app.window;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The screens that JavaFX's headless platform imitates. By itself it has a single one of 1000 ×
 * 1000 pixels, which nothing can be told to make larger, and fails where a window reaches beyond
 * its lower edge; so they are put in place behind its back. Needs the packages that {@code
 * agilelens.window.flags} opens.
 */
final class HeadlessScreens {
    private static final String GLASS = "com.sun.glass.ui.";

    /** Pixels from one line of what the headless platform draws into to the next. */
    private static final int STRIDE = 1000;

    private static final int BYTES_PER_PIXEL = 4;
    private static final int DOTS_PER_INCH = 100;

    /** What the headless platform has unless told otherwise. */
    static final List<Extent> USUAL = List.of(new Extent(0, 0, 1000, 1000, 1));

    /**
     * One screen.
     *
     * @param left edge on the desktop, in the desktop's units, at least 0
     * @param top edge on the desktop, in the desktop's units, at least 0
     * @param width in the desktop's units
     * @param height in the desktop's units
     * @param scale pixels for each of the desktop's units, such as 2 at 200 %
     */
    record Extent(int left, int top, int width, int height, int scale) {
        private Object toGlass(int number) throws ReflectiveOperationException {
            Constructor<?> constructor = Class.forName(GLASS + "Screen").getConstructors()[0];
            return constructor.newInstance(
                    (long) number,
                    Integer.SIZE,
                    left,
                    top,
                    width,
                    height,
                    left * scale,
                    top * scale,
                    width * scale,
                    height * scale,
                    left,
                    top,
                    width,
                    height,
                    DOTS_PER_INCH,
                    DOTS_PER_INCH,
                    (float) scale,
                    (float) scale,
                    (float) scale,
                    (float) scale);
        }

        /**
         * Pixels from the desktop's first to the last that this screen can draw, with as much again
         * below: a window that is moved and resized reaches there until both are done.
         */
        private int reach() {
            return (top + 2 * height) * scale * STRIDE + (left + width) * scale;
        }
    }

    private HeadlessScreens() {}

    /**
     * Replaces the screens. Windows that are showing already still draw into the screens there were
     * before, so it is for those that are shown from now on; on the JavaFX thread.
     *
     * @param wanted the main one first, at least one
     * @throws IllegalStateException if this is not JavaFX's headless platform as it is known
     */
    static void set(List<Extent> wanted) {
        try {
            Class<?> screenType = Class.forName(GLASS + "Screen");
            Object screens = Array.newInstance(screenType, wanted.size());
            int reach = 0;
            for (int i = 0; i < wanted.size(); i++) {
                Array.set(screens, i, wanted.get(i).toGlass(i));
                reach = Math.max(reach, wanted.get(i).reach());
            }
            Method platform = Class.forName(GLASS + "Application").getMethod("GetApplication");
            Object application = platform.invoke(null);
            put(application, "screens", screens);
            put(application, "frameBuffer", ByteBuffer.allocate(reach * BYTES_PER_PIXEL));
            screenType.getMethod("notifySettingsChanged").invoke(null);
        } catch (ReflectiveOperationException unknown) {
            throw new IllegalStateException("this is no headless platform of JavaFX 26", unknown);
        }
    }

    private static void put(Object application, String name, Object value)
            throws ReflectiveOperationException {
        Field field = application.getClass().getDeclaredField(name);
        field.setAccessible(true);
        field.set(application, value);
    }
}
