package io.agilelens.engine.search;

/**
 * What may be decided for a {@link Unit}.
 *
 * @param bits of a weight's code
 * @param group input channels that share a scale, −1 for whole rows
 * @param activationBits of an activation's code; 0 where they stay as the base recipe says
 */
public record Choice(int bits, int group, int activationBits) {

    /** In short, such as {@code W4 g32} or {@code W4 row A8}. */
    String title() {
        return "W%d %s%s"
                .formatted(
                        bits,
                        group < 0 ? "row" : "g" + group,
                        activationBits == 0 ? "" : " A" + activationBits);
    }
}
