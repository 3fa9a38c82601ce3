package io.agilelens.engine.quant;

import java.util.ArrayList;
import java.util.List;

/**
 * The order in which the 4-bit kernels want input channels: within each weight group, channels with
 * the same TRIP exponent stand together and form a run, so that a factor costs one shift of a run's
 * integer sum and nothing for a single channel.
 *
 * @param channels the channel at each place
 * @param runStarts first place of each run and, last, the number of channels
 * @param runGroups weight group of each run
 * @param runShifts exponent of each run
 */
record ChannelOrder(int[] channels, int[] runStarts, int[] runGroups, int[] runShifts) {

    /**
     * @param groupStarts first channel of each weight group and, last, their number
     * @param exponents exponent of each channel
     */
    static ChannelOrder of(int[] groupStarts, int[] exponents) {
        int[] channels = new int[exponents.length];
        List<int[]> runs = new ArrayList<>();
        int place = 0;
        for (int group = 0; group < groupStarts.length - 1; group++) {
            int largest = 0;
            for (int c = groupStarts[group]; c < groupStarts[group + 1]; c++) {
                largest = Math.max(largest, exponents[c]);
            }
            for (int shift = 0; shift <= largest; shift++) {
                int start = place;
                for (int c = groupStarts[group]; c < groupStarts[group + 1]; c++) {
                    if (exponents[c] == shift) {
                        channels[place++] = c;
                    }
                }
                if (place > start) {
                    runs.add(new int[] {start, group, shift});
                }
            }
        }
        int[] starts = new int[runs.size() + 1];
        int[] groups = new int[runs.size()];
        int[] shifts = new int[runs.size()];
        for (int r = 0; r < runs.size(); r++) {
            starts[r] = runs.get(r)[0];
            groups[r] = runs.get(r)[1];
            shifts[r] = runs.get(r)[2];
        }
        starts[runs.size()] = place;
        return new ChannelOrder(channels, starts, groups, shifts);
    }
}
