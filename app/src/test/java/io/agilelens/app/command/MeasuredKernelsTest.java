package io.agilelens.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.agilelens.engine.kernel.KernelTuning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasuredKernelsTest {
    @TempDir private Path folder;

    @Test
    void keepsWhatWasMeasuredForEachWidth() {
        Path file = folder.resolve("measured.properties");
        MeasuredKernels kept = new MeasuredKernels(file);
        assertEquals(Optional.empty(), kept.tuning(512));
        kept.keep(512, new KernelTuning(0, KernelTuning.NEVER, 96));
        kept.keep(256, new KernelTuning(48, 96, KernelTuning.NEVER));
        MeasuredKernels again = new MeasuredKernels(file);
        assertEquals(Optional.of(new KernelTuning(0, KernelTuning.NEVER, 96)), again.tuning(512));
        assertEquals(Optional.of(new KernelTuning(48, 96, KernelTuning.NEVER)), again.tuning(256));
        assertEquals(Optional.empty(), again.tuning(128));
    }

    @Test
    void forgetsWhatAnotherProcessorMeasured() throws IOException {
        Path file = folder.resolve("measured.properties");
        new MeasuredKernels(file).keep(512, new KernelTuning(0, KernelTuning.NEVER, 96));
        String elsewhere = Files.readString(file).replaceFirst("(?m)^processor=.*$", "processor=x");
        Files.writeString(file, elsewhere);
        assertEquals(Optional.empty(), new MeasuredKernels(file).tuning(512));
        new MeasuredKernels(file).keep(256, new KernelTuning(1, 2, 48));
        assertFalse(Files.readString(file).contains("512"));
    }

    @Test
    void forgetsWhatOtherKernelsWereMeasuredAs() throws IOException {
        Path file = folder.resolve("measured.properties");
        new MeasuredKernels(file).keep(512, new KernelTuning(0, KernelTuning.NEVER, 96));
        String kept = Files.readString(file);
        for (String of : new String[] {"generation=1", ""}) {
            Files.writeString(file, kept.replaceFirst("(?m)^generation=.*$", of));
            assertEquals(Optional.empty(), new MeasuredKernels(file).tuning(512));
        }
    }

    @Test
    void whatCannotBeReadCountsAsNotMeasured() throws IOException {
        Path file = folder.resolve("measured.properties");
        for (String text : new String[] {"", "\\u12", "triple.from.512=many", "\0\1"}) {
            Files.writeString(file, text);
            assertEquals(Optional.empty(), new MeasuredKernels(file).tuning(512));
        }
        Path nowhere = folder.resolve("file").resolve("measured.properties");
        Files.writeString(folder.resolve("file"), "");
        new MeasuredKernels(nowhere).keep(512, new KernelTuning(1, 1, 1));
        assertEquals(Optional.empty(), new MeasuredKernels(nowhere).tuning(512));
    }
}
