package io.agilelens.engine.fuzz;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Puts what no honest program writes into JSON that is otherwise sound. */
final class JsonDamage {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int MOST_DAMAGES = 6;

    private JsonDamage() {}

    /**
     * @param json sound JSON
     * @return JSON text that may break any rule but JSON's own
     */
    static String of(byte[] json, Choices choices) {
        JsonNode root = JsonMapper.shared().readTree(json);
        for (int i = 0; i < MOST_DAMAGES && !choices.isEmpty(); i++) {
            root = damaged(root, choices);
        }
        return root.toString();
    }

    /** Walks down from the root, so that the upper keys are hit as often as the many below. */
    private static JsonNode damaged(JsonNode node, Choices choices) {
        if (node instanceof ObjectNode object && !object.isEmpty()) {
            List<String> keys = new ArrayList<>(object.propertyNames());
            String key = choices.of(keys);
            int action = choices.below(8);
            switch (action) {
                case 0 -> object.remove(key);
                case 1 -> object.set(key, value(choices));
                case 2 -> object.set(choices.of(keys), object.get(key));
                case 3 -> object.set(name(choices), object.get(key));
                default -> object.set(key, damaged(object.get(key), choices));
            }
            return object;
        }
        if (node instanceof ArrayNode array && !array.isEmpty()) {
            int place = choices.below(array.size());
            switch (choices.below(8)) {
                case 0 -> array.remove(place);
                case 1 -> array.set(place, value(choices));
                case 2 -> array.add(array.get(place));
                case 3 -> array.insert(place, value(choices));
                default -> array.set(place, damaged(array.get(place), choices));
            }
            return array;
        }
        if (node.isIntegralNumber() && choices.below(2) == 0) {
            BigInteger number = node.bigIntegerValue();
            BigInteger step = BigInteger.valueOf(choices.below(4) + 1);
            return NODES.numberNode(
                    switch (choices.below(5)) {
                        case 0 -> number.add(step);
                        case 1 -> number.subtract(step);
                        case 2 -> number.multiply(step);
                        case 3 -> number.shiftLeft(8 * step.intValue());
                        default -> number.negate();
                    });
        }
        return value(choices);
    }

    private static String name(Choices choices) {
        JsonNode value = value(choices);
        return value.isString() ? value.stringValue() : value.toString();
    }

    private static JsonNode value(Choices choices) {
        return switch (choices.below(34)) {
            case 0 -> NODES.numberNode(0);
            case 1 -> NODES.numberNode(1);
            case 2 -> NODES.numberNode(-1);
            case 3 -> NODES.numberNode(2);
            case 4 -> NODES.numberNode(3);
            case 5 -> NODES.numberNode(Integer.MAX_VALUE);
            case 6 -> NODES.numberNode(Integer.MIN_VALUE);
            case 7 -> NODES.numberNode(1L << 31);
            case 8 -> NODES.numberNode(1L << 32);
            case 9 -> NODES.numberNode(Long.MAX_VALUE);
            case 10 -> NODES.numberNode(Long.MIN_VALUE);
            case 11 -> NODES.numberNode(BigInteger.TWO.pow(63));
            case 12 -> NODES.numberNode(BigInteger.TWO.pow(64).subtract(BigInteger.ONE));
            case 13 -> NODES.numberNode(BigInteger.TEN.pow(90));
            case 14 -> NODES.numberNode(1 << 16);
            case 15 -> NODES.numberNode(1 << 30);
            case 16 -> NODES.numberNode(0.5);
            case 17 -> NODES.numberNode(-0.0);
            case 18 -> NODES.numberNode(1e308);
            case 19 -> NODES.numberNode(Double.MIN_VALUE);
            case 20 -> NODES.nullNode();
            case 21 -> NODES.booleanNode(true);
            case 22 -> NODES.booleanNode(false);
            case 23 -> NODES.stringNode("");
            case 24 -> NODES.stringNode("a\nb\u001B[31m\u202Ec\u0000");
            case 25 -> NODES.stringNode("x".repeat(5000));
            case 26 -> NODES.stringNode("../outside");
            case 27 -> NODES.stringNode("/etc/passwd");
            case 28 -> NODES.arrayNode();
            case 29 -> NODES.objectNode();
            case 30 -> nested();
            case 31 -> NODES.objectNode().put("type", "default").put("factor", -1);
            case 32 -> NODES.stringNode(new String(word(choices)));
            default -> NODES.numberNode(choices.octet() << 8 | choices.octet());
        };
    }

    private static char[] word(Choices choices) {
        char[] letters = new char[choices.below(6)];
        for (int i = 0; i < letters.length; i++) {
            letters[i] = (char) choices.octet();
        }
        return letters;
    }

    private static JsonNode nested() {
        ArrayNode inside = NODES.arrayNode();
        for (int depth = 0; depth < 100; depth++) {
            inside = NODES.arrayNode().add(inside);
        }
        return inside;
    }
}
