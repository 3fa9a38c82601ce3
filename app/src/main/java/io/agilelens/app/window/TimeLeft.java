package io.agilelens.app.window;

import java.util.OptionalDouble;

/** How long a piece of work will still take, by how long what is done of it took. */
final class TimeLeft {
    /** What is too little, of the work and in seconds, to judge the rest by. */
    private static final double FIRST_SHARE = 0.02;

    private static final double FIRST_SECONDS = 1;

    private double since;
    private double from;
    private double latest;

    /**
     * @param now when the work begins, in seconds
     */
    TimeLeft(double now) {
        since = now;
    }

    /**
     * The seconds that are left; none while it is too early to say.
     *
     * @param share how much is done, 0…1; less than before where a further stage begins, which is
     *     then judged by itself
     * @param now in seconds
     */
    OptionalDouble at(double share, double now) {
        if (share < latest) {
            since = now;
            from = share;
        }
        latest = share;
        double done = share - from;
        double seconds = now - since;
        return done > FIRST_SHARE && share < 1 && seconds > FIRST_SECONDS
                ? OptionalDouble.of(seconds / done * (1 - share))
                : OptionalDouble.empty();
    }
}
