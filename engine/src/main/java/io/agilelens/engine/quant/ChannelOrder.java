package io.agilelens.engine.quant;

import java.util.ArrayList;
import java.util.List;

/**
 * The order in which the integer kernels want input channels: those of a weight group stand
 * together, and within a group those with the same TRIP exponent form a run, so that a factor costs
 * one shift of a run's integer sum and nothing for a single channel.
 *
 * @param channels the channel at each place
 * @param runStarts first place of each run and, last, the number of channels
 * @param runGroups weight group of each run
 * @param runShifts exponent of each run
 */
record ChannelOrder(int[] channels, int[] runStarts, int[] runGroups, int[] runShifts) {

    /**
     * @param groupOf weight group of each channel, none of them empty
     * @param exponents exponent of each channel
     */
    static ChannelOrder of(int[] groupOf, int[] exponents) {
        List<List<Integer>> members = new ArrayList<>();
        for (int c = 0; c < groupOf.length; c++) {
            while (members.size() <= groupOf[c]) {
                members.add(new ArrayList<>());
            }
            members.get(groupOf[c]).add(c);
        }
        int[] channels = new int[groupOf.length];
        List<int[]> runs = new ArrayList<>();
        int place = 0;
        for (int group = 0; group < members.size(); group++) {
            int largest = members.get(group).stream().mapToInt(c -> exponents[c]).max().orElse(0);
            for (int shift = 0; shift <= largest; shift++) {
                int start = place;
                for (int c : members.get(group)) {
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

    /** Whether the channels stand as they are numbered. */
    boolean isNatural() {
        for (int place = 0; place < channels.length; place++) {
            if (channels[place] != place) {
                return false;
            }
        }
        return true;
    }

    /** Puts the codes of one token in this order. */
    void arrange(byte[] codes, byte[] ordered, int offset) {
        for (int place = 0; place < channels.length; place++) {
            ordered[offset + place] = codes[channels[place]];
        }
    }

    /** Groups alone, whatever the exponents: each group is one run. */
    static ChannelOrder ofGroups(int[] groupOf) {
        return of(groupOf, new int[groupOf.length]);
    }
}
