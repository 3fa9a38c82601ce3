package io.agilelens.app;

import io.agilelens.engine.format.TextReader;
import java.io.InputStream;

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

    /** How a file names it where other texts stand as paths. */
    public String reference() {
        return "bundled:" + name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Where it came from, for a person to read. */
    public String source() {
        return "bundled text " + file;
    }

    /** The whole text. */
    public String read() {
        try (TextReader reader = open()) {
            return reader.readRest();
        }
    }

    /** The text, to be closed. */
    public TextReader open() {
        InputStream stream = SampleTexts.class.getResourceAsStream(FOLDER + file);
        if (stream == null) {
            throw new IllegalStateException(FOLDER + file + " is not on the class path");
        }
        return TextReader.of(source(), stream);
    }
}
