package io.agilelens.engine.evaluate.generate;

import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.LinearOperator;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Numerics;

/** What the linear layers of a pass have to do at least, whatever their arithmetic. */
public final class PassWork {
    private PassWork() {}

    /** Bytes of weights that a step of one token reads: every linear layer and the head, once. */
    static long weightBytes(Decoder decoder) {
        ModelConfig config = decoder.model().config();
        Numerics numerics = decoder.numerics();
        long bytes = numerics.head().bytes();
        bytes += numerics.inputProjection().map(LinearOperator::bytes).orElse(0L);
        bytes += numerics.outputProjection().map(LinearOperator::bytes).orElse(0L);
        for (int layer = 0; layer < config.layers(); layer++) {
            for (LinearRole role : config.roles()) {
                bytes += numerics.linear(layer, role).bytes();
            }
        }
        return bytes;
    }

    /**
     * Multiply-accumulates of the decoder layers' linears for one token that no layer prunes; the
     * attention's own products come on top.
     */
    public static long tokenMacs(ModelConfig config) {
        long macs = 0;
        for (LinearRole role : config.roles()) {
            macs += (long) role.outputs(config) * role.inputs(config);
        }
        return macs * config.layers();
    }
}
