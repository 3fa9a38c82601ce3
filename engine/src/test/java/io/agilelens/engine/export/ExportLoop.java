package io.agilelens.engine.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A program that writes every target over and over, all at once, until it is killed. */
final class ExportLoop {
    private ExportLoop() {}

    /**
     * @param arguments the float model, the folder of the targets, a file to make once every target
     *     was written
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Path.of(arguments[1]);
        Targets targets = Targets.open(Path.of(arguments[0]));
        for (String name : Targets.FORMATS.keySet()) {
            targets.write(folder, name, 0);
        }
        for (String name : Targets.FORMATS.keySet()) {
            Thread.ofPlatform()
                    .start(
                            () -> {
                                for (int i = 1; ; i++) {
                                    targets.write(folder, name, i % targets.variants());
                                }
                            });
        }
        Files.writeString(Path.of(arguments[2]), "ready");
    }
}
