package io.agilelens.engine;

/**
 * A failure that the person at the keyboard can mend. The message is one line that says what is
 * wrong, in which file or option, and what would put it right; commands print it as it is and the
 * window shows it in a dialog.
 */
public final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message one line: what is wrong, where, and what would mend it
     */
    public UserException(String message) {
        super(message);
    }

    /** The same failure, said of a file or option that its line does not name by itself. */
    public UserException in(String place) {
        return new UserException(place + ": " + getMessage(), this);
    }

    /**
     * @param message one line: what is wrong, where, and what would mend it
     * @param cause what the machine said
     */
    public UserException(String message, Throwable cause) {
        super(message, cause);
    }
}
