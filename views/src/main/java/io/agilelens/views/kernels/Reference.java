package io.agilelens.views.kernels;

import io.agilelens.views.Messages;

/** What a measurement of kernels is set against. */
sealed interface Reference {
    /** Nothing: the figures stand for themselves. */
    record Nothing() implements Reference {
        @Override
        public String title() {
            return Messages.text("kernels.against.nothing");
        }
    }

    /**
     * The same products with vectors of another width.
     *
     * @param bits 0 for scalar code
     */
    record Width(int bits) implements Reference {
        @Override
        public String title() {
            return bits == 0
                    ? Messages.text("kernels.against.scalar")
                    : Messages.text("kernels.against.width", Integer.toString(bits));
        }
    }

    /**
     * A measurement that a person kept.
     *
     * @param when it was made, for people to read
     */
    record Kept(String when) implements Reference {
        @Override
        public String title() {
            return Messages.text("kernels.against.kept", when);
        }
    }

    /**
     * A measurement that was saved as a file.
     *
     * @param name of the file
     */
    record Saved(String name) implements Reference {
        @Override
        public String title() {
            return Messages.text("kernels.against.saved", name);
        }
    }

    /** As people read it. */
    String title();
}
