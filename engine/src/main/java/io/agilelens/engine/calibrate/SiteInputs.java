package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.tensor.Matrix;
import java.util.function.Consumer;

/** Hands over what the linears at a site read, and runs no more of the layer than that takes. */
final class SiteInputs {
    private final Site site;
    private final String where;
    private final Consumer<Matrix> listener;

    /**
     * @param site one that linears read
     * @param where model, layer and site, for the error
     * @param listener hears {@code [tokens, channels]}, valid during the call only
     */
    SiteInputs(Site site, String where, Consumer<Matrix> listener) {
        this.site = site;
        this.where = where;
        this.listener = listener;
    }

    /** Ends a half layer once its site was seen; carries nothing. */
    private static final class Seen extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Seen() {
            super(null, null, false, false);
        }
    }

    /**
     * @param entering the residual stream that enters the half layer with the site
     * @throws UserException if an activation is not finite
     */
    void collect(Decoder decoder, int layer, Matrix entering) {
        Probe probe =
                new Probe() {
                    @Override
                    public void activation(int at, Site seen, Matrix before, Activation after) {
                        if (seen == site) {
                            requireFinite(before);
                            listener.accept(before);
                            throw new Seen();
                        }
                    }
                };
        try {
            if (site == Site.ATTN_INPUT || site == Site.ATTN_OUTPUT) {
                decoder.attention(layer, entering, probe);
            } else {
                decoder.mlp(layer, entering, probe);
            }
            throw new IllegalStateException(where + " was not passed");
        } catch (Seen seen) {
            // All that this pass was for.
        }
    }

    private void requireFinite(Matrix values) {
        int count = values.rows() * values.columns();
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(values.data()[i])) {
                throw new UserException(
                        "%s: channel %d is %s for a token of the calibration text, which leaves nothing to fit on: see whether the weights before it are finite (agilelens info), or use weights.method rtn"
                                .formatted(where, i % values.columns(), values.data()[i]));
            }
        }
    }
}
