package io.agilelens.views.workbench;

/**
 * How far a piece of work is.
 *
 * @param step what is being done, or empty
 * @param done steps that are done
 * @param total steps in all, or 0 while that is not known
 */
public record WorkStatus(String step, long done, long total) {
    /** Nothing is known yet, for it begins or waits for its turn. */
    public static final WorkStatus BEGINNING = new WorkStatus("", 0, 0);

    /** What is done of it, {@code 0…1}, or a negative number while that is not known. */
    public double share() {
        return total > 0 ? (double) done / total : -1;
    }
}
