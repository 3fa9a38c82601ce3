package io.agilelens.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The texts that come with the program, written for it. */
public enum SampleTexts {
    /** For measuring; nothing is calibrated or trained on it. */
    LIGHTHOUSE("lighthouse.txt"),
    /** For calibrating; no result is reported on it. */
    ORCHARD("orchard.txt");

    private static final String FOLDER = "/io/agilelens/resources/texts/";

    private final String file;

    SampleTexts(String file) {
        this.file = file;
    }

    /** Where it came from, for a person to read. */
    public String source() {
        return "bundled text " + file;
    }

    /** The whole text. */
    public String read() {
        try (InputStream stream = SampleTexts.class.getResourceAsStream(FOLDER + file)) {
            if (stream == null) {
                throw new IllegalStateException(FOLDER + file + " is not on the class path");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
