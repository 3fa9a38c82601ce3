package io.agilelens.app.window;

import io.agilelens.engine.UserException;
import io.agilelens.engine.task.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Draws every station without a display, for the documentation. */
@Command(
        name = "screenshots",
        description =
                "Draws every station of the window in both themes, with real numbers; needs no"
                        + " display.")
public final class ScreenshotsCommand implements Callable<Integer> {
    private static final Pattern SIZE = Pattern.compile("(\\d{3,4})x(\\d{3,4})");

    private static final int MOST_SCALE = 4;

    @Spec private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "MODEL",
            defaultValue = WorkbenchApplication.FIRST_MODEL,
            description = "Model to show (default: ${DEFAULT-VALUE}).")
    private String model;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Folder for the pictures.")
    private Path folder;

    @Option(
            names = "--size",
            split = ",",
            defaultValue = "1440x900,1024x700",
            paramLabel = "WxH",
            description = "Sizes of the window in pixels (default: ${DEFAULT-VALUE}).")
    private List<String> sizes;

    @Option(
            names = "--scale",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Pixels of a picture for each pixel of the window, as 2 for a dense screen"
                            + " (default: ${DEFAULT-VALUE}).")
    private int scale;

    @Override
    public Integer call() throws InterruptedException {
        if (scale < 1 || scale > MOST_SCALE) {
            throw new UserException("--scale %d: give 1…%d".formatted(scale, MOST_SCALE));
        }
        List<ScreenshotTour.Size> wanted = new ArrayList<>();
        for (String size : sizes) {
            Matcher match = SIZE.matcher(size);
            if (!match.matches()) {
                throw new UserException(
                        "--size %s: give WIDTHxHEIGHT, each 100…9999 pixels".formatted(size));
            }
            wanted.add(
                    new ScreenshotTour.Size(
                            Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2))));
        }
        try {
            for (Path file : new ScreenshotTour(folder, wanted, scale).run(model, Progress.NONE)) {
                spec.commandLine().getOut().println(file);
            }
        } catch (IOException failure) {
            throw new UserException(
                    "%s: the pictures cannot be written: %s"
                            .formatted(folder, failure.getMessage()),
                    failure);
        }
        return 0;
    }
}
