package io.agilelens.engine.fuzz;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Fuzzing a parser from seeds that it refuses would look like success. */
class SeedFormatTest {
    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource
    void aSoundModelOpensExactlyIfItsFormatIsSaidToBeRead(SeedFormat format) {
        Path path = format.seed().writeTo(folder).resolve(format.opened());
        if (format.isRead()) {
            assertDoesNotThrow(() -> Visit.withTokenizer(path));
            try (Checkpoint checkpoint = Checkpoints.open(path)) {
                assertTrue(checkpoint.tensors().size() > 5, "no model at all");
            }
        } else {
            assertThrows(
                    UserException.class,
                    () -> Visit.anything(path),
                    () -> format + " opens by now: mark it as read in SeedFormat");
        }
    }
}
