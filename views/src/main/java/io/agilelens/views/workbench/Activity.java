package io.agilelens.views.workbench;

/**
 * What is being worked on in the background.
 *
 * @param message for a person to read
 * @param done finished units
 * @param total all units; 0 if nobody knows
 */
public record Activity(String message, long done, long total) {

    /** Nothing. */
    public static final Activity IDLE = new Activity("", 0, 0);

    public boolean isIdle() {
        return message.isEmpty();
    }
}
