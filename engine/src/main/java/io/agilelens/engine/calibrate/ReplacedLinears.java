package io.agilelens.engine.calibrate;

import io.agilelens.engine.model.LinearOperator;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.SiteTransform;
import io.agilelens.engine.model.SoftmaxTransform;
import java.util.Map;
import java.util.Optional;

/**
 * Arithmetic in which some linears of one layer are others.
 *
 * @param base all else
 */
record ReplacedLinears(Numerics base, int layer, Map<LinearRole, LinearOperator> replaced)
        implements Numerics {

    @Override
    public LinearOperator linear(int of, LinearRole role) {
        LinearOperator other = of == layer ? replaced.get(role) : null;
        return other == null ? base.linear(of, role) : other;
    }

    @Override
    public Optional<LinearOperator> inputProjection() {
        return base.inputProjection();
    }

    @Override
    public Optional<LinearOperator> outputProjection() {
        return base.outputProjection();
    }

    @Override
    public LinearOperator head() {
        return base.head();
    }

    @Override
    public SiteTransform site(int of, Site site) {
        return base.site(of, site);
    }

    @Override
    public SoftmaxTransform softmax(int of) {
        return base.softmax(of);
    }
}
