package io.agilelens.views.model;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Names of tensors where there is little room: what tells one from the others stays. */
final class TensorNames {
    private static final String LEFT_OUT = "…";
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private TensorNames() {}

    /**
     * Shorter forms of a name, the longest first. They keep the number of the layer and the last
     * but one part, such as {@code q_proj}.
     */
    static List<String> shorter(String name) {
        List<String> parts = List.of(name.split("\\."));
        int last = parts.size() - 1;
        int layer = layer(parts);
        int role = Math.max(layer + 1, last - 1);
        if (role > last) {
            return List.of();
        }
        List<String> forms = new ArrayList<>();
        if (layer > 0) {
            forms.add(LEFT_OUT + String.join(".", parts.subList(layer, last + 1)));
        }
        String begin = (layer > 0 ? LEFT_OUT : "") + (layer < 0 ? "" : parts.get(layer));
        boolean isApart = role > layer + 1;
        if (isApart) {
            forms.add(begin + LEFT_OUT + String.join(".", parts.subList(role, last + 1)));
        }
        if (role < last) {
            String between = isApart ? LEFT_OUT : layer < 0 ? "" : ".";
            forms.add(begin + between + parts.get(role) + LEFT_OUT);
        }
        return forms;
    }

    /** Which part is the number of the layer, or −1. */
    private static int layer(List<String> parts) {
        for (int i = 0; i < parts.size(); i++) {
            if (NUMBER.matcher(parts.get(i)).matches()) {
                return i;
            }
        }
        return -1;
    }
}
