package io.agilelens.app.live;

/** What came of opening a model that is opened only if it fits in memory as a whole. */
public sealed interface Opening extends AutoCloseable {

    /** Closes what was opened. */
    @Override
    void close();

    /** It is open. */
    record Opened(ModelSession session) implements Opening {
        @Override
        public void close() {
            session.close();
        }
    }

    /** It does not fit, and nothing was left open: a person should be asked first. */
    record TooLarge(LargeModel model) implements Opening {
        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
