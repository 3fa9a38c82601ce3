package io.agilelens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The picture of docs/architecture.md shows what really imports what; {@code
 * -Dagilelens.docs.write=true} draws it anew.
 */
class ArchitecturePageTest {
    private static final Path PICTURE = Path.of("../docs/architecture.svg");

    @Test
    void thePictureIsThatOfTheCode() throws IOException {
        JavaClasses classes =
                new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .withImportOption(new ArchitectureTest.DoNotIncludeTestJars())
                        .importPackages("io.agilelens");
        String picture = ModulePicture.of(classes);
        if (Boolean.getBoolean("agilelens.docs.write")) {
            Files.writeString(PICTURE, picture);
        }
        assertEquals(
                Files.readString(PICTURE),
                picture,
                "what imports what has changed: run this test with -Dagilelens.docs.write=true");
    }
}
