package io.agilelens.engine.export;

import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TensorNames;

/** Names inside a native bundle, shared by what writes it and what reads it. */
final class BundleLayout {
    static final String FORMAT = "agilelens-native";

    /** Of bundles whose groups are runs of neighbouring inputs. */
    static final int VERSION = 1;

    /** Of bundles with groups in any order. */
    static final int VERSION_WITH_ORDER = 2;

    /** Of bundles that keep keys and values in half precision. */
    static final int VERSION_WITH_HALF_CACHE = 3;

    /** Of bundles with a quantized head. */
    static final int VERSION_WITH_HEAD = 4;

    static final int LATEST_VERSION = VERSION_WITH_HEAD;

    /** What the manifest calls a cache in half precision. */
    static final int HALF_BITS = 16;

    static final String MANIFEST = "bundle.json";
    static final String RECIPE = "recipe.json";
    static final String QUANTIZATION_CONFIG = "quantization_config";

    static final String CODES = ".codes";
    static final String SCALES = ".scales";
    static final String ZEROS = ".zeros";
    static final String GROUPS = ".groups";
    static final String GROUP_INDEX = ".group_index";
    static final String EXPONENTS = ".exponents";

    /** Added to a site's name for the quantizer of marked tokens. */
    static final String MARKED = ".marked";

    private BundleLayout() {}

    /** What the tensors of a site's quantizer start with. */
    static String site(TensorNames names, int layer, Site site) {
        return names.layerPrefix(layer) + "site." + site;
    }
}
