package io.agilelens.app.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class SessionJsonTest {
    private static final Path FILE = Path.of("my.agilelens");

    /** More with {@code -Dfuzz.sessions}. */
    private static final int DAMAGES = Integer.getInteger("fuzz.sessions", 1500);

    @TempDir Path folder;

    @Test
    void whatIsWrittenIsReadBack() {
        SessionDocument document = Documents.full();
        assertEquals(document, parse(SessionJson.write(document)));
    }

    @Test
    void aSessionNeedsOnlyAModelAndARecipe() {
        SessionDocument document =
                parse(
                        """
                        {"agilelens_session": 1, "model": {"reference": "sample:llama-tiny"},
                         "recipe": {}}
                        """);
        assertTrue(document.runs().isEmpty());
        assertTrue(document.recipe().isFloat());
        assertEquals(512, document.subject().text().window());
        assertEquals("model", document.view().station());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {} | lacks the key agilelens_session
                    {"agilelens_session": 2} | this program reads version 1
                    {"agilelens_session": "1"} | this program reads version 1
                    {"agilelens_session": 1, "colour": 3} | unknown key colour
                    {"agilelens_session": 1} | model.reference is missing
                    {"agilelens_session": 1, "model": []} | model is []: an object belongs there
                    {"agilelens_session": 1, "model": {"reference": 3}} | model.reference is 3: a text
                    {"agilelens_session": 1, "model": {"reference": " "}} | has no name
                    {"agilelens_session": 1, "model": {"reference": "a"}} | recipe is missing
                    {"agilelens_session": 1, "model": {"reference": "a"}, "text": {"file": "b.txt"}} | absolute path
                    {"agilelens_session": 1, "model": {"reference": "a"}, "text": {"protocol": "word"}} | known are gptq, llama.cpp
                    {"agilelens_session": 1, "model": {"reference": "a"}, "text": {"windows": 0}} | a whole number in 1…65536
                    {"agilelens_session": 1, "model": {"reference": "a"}, "recipe": {"weights": {"bit": 4}}} | unknown key weights.bit
                    {"agilelens_session": 1, "model": {"reference": "a"}, "recipe": {}, "view": {"layer": -1}} | view.layer is -1
                    {"agilelens_session": 1, "model": {"reference": "a"}, "recipe": {}, "view": {"layer": 1e400}} | view.layer is a number too large
                    {"agilelens_session": 1, "model": {"reference": "a"}, "recipe": {}, "view": {"station": "../x"}} | name of a station
                    {"agilelens_session": 1, "model": {"reference": "a"}, "recipe": {}, "runs": [{"name": 1}]} | runs[0].name is 1
                    {"agilelens_session": 1, "model": {"reference": "a"}, "recipe": {}, "runs": 7} | runs is 7
                    {"agilelens_session": 1, "model": {"reference": "a"}, "recipe": {}, "measured": {"studies": ["all"]}} | known are budget
                    """)
    void refusalsNameTheKey(String json, String reason) {
        UserException refusal = assertThrows(UserException.class, () -> parse(json));
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("my.agilelens"), refusal.getMessage());
    }

    @Test
    void aSecondRunOfANameIsRefused() {
        ObjectNode root = (ObjectNode) tree();
        ArrayNode runs = (ArrayNode) root.get("runs");
        runs.add(runs.get(0));
        UserException refusal = assertThrows(UserException.class, () -> parse(root.toString()));
        assertTrue(refusal.getMessage().contains("runs[2].name"), refusal.getMessage());
    }

    @Test
    void aHugeFileIsRefusedUnread() throws IOException {
        Path huge = folder.resolve("huge.agilelens");
        try (var channel =
                Files.newByteChannel(
                        huge,
                        java.nio.file.StandardOpenOption.CREATE,
                        java.nio.file.StandardOpenOption.WRITE)) {
            channel.position(1L << 32);
            channel.write(java.nio.ByteBuffer.wrap(new byte[] {'}'}));
        }
        UserException refusal = assertThrows(UserException.class, () -> SessionJson.read(huge));
        assertTrue(refusal.getMessage().contains("larger"), refusal.getMessage());
    }

    @Test
    void everyTruncationIsToldInOneLine() {
        byte[] whole = SessionJson.write(Documents.full()).getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < whole.length - 2; length += 7) {
            byte[] cut = java.util.Arrays.copyOf(whole, length);
            UserException refusal =
                    assertThrows(UserException.class, () -> SessionJson.parse(cut, FILE));
            assertOneLine(refusal);
        }
    }

    /** Damaged bytes and damaged trees: a session that can be written again, or one line. */
    @Test
    void damagedSessionsAreReadOrRefusedInOneLine() {
        Random random = new Random(11);
        int refused = 0;
        byte[] whole = SessionJson.write(Documents.full()).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < DAMAGES; i++) {
            byte[] damaged = i % 4 == 0 ? bytes(whole, random) : values(random);
            try {
                SessionDocument document = SessionJson.parse(damaged, FILE);
                assertEquals(document, parse(SessionJson.write(document)));
            } catch (UserException refusal) {
                assertOneLine(refusal);
                refused++;
            }
        }
        // Otherwise nothing was damaged.
        assertTrue(refused > DAMAGES / 4, refused + " of " + DAMAGES);
    }

    private static byte[] bytes(byte[] whole, Random random) {
        byte[] damaged = cut(whole, random);
        for (int i = random.nextInt(4); i >= 0; i--) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        return damaged;
    }

    /** Leaves out, repeats or ends somewhere, as files that were not written in full do. */
    private static byte[] cut(byte[] whole, Random random) {
        int from = random.nextInt(whole.length);
        int to = from + random.nextInt(whole.length - from);
        ByteArrayOutputStream damaged = new ByteArrayOutputStream();
        switch (random.nextInt(4)) {
            case 0 -> damaged.write(whole, 0, from + 1);
            case 1 -> {
                damaged.write(whole, 0, from + 1);
                damaged.write(whole, to, whole.length - to);
            }
            case 2 -> {
                damaged.write(whole, 0, to + 1);
                damaged.write(whole, from, whole.length - from);
            }
            default -> damaged.writeBytes(whole);
        }
        return damaged.toByteArray();
    }

    private static byte[] values(Random random) {
        JsonNode root = tree();
        for (int i = random.nextInt(3); i >= 0; i--) {
            damage(root, random);
        }
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void damage(JsonNode node, Random random) {
        if (node instanceof ObjectNode object && !object.isEmpty()) {
            List<String> keys = new ArrayList<>(object.propertyNames());
            String key = keys.get(random.nextInt(keys.size()));
            switch (random.nextInt(6)) {
                case 0 -> object.remove(key);
                case 1 -> object.set(key, value(random));
                case 2 -> object.set("x" + key, object.get(key));
                default -> damage(object.get(key), random);
            }
        } else if (node instanceof ArrayNode array && !array.isEmpty()) {
            int place = random.nextInt(array.size());
            switch (random.nextInt(4)) {
                case 0 -> array.remove(place);
                case 1 -> array.set(place, value(random));
                case 2 -> array.add(array.get(place));
                default -> damage(array.get(place), random);
            }
        }
    }

    private static JsonNode value(Random random) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (random.nextInt(14)) {
            case 0 -> nodes.numberNode(-1);
            case 1 -> nodes.numberNode(0);
            case 2 -> nodes.numberNode(Integer.MAX_VALUE);
            case 3 -> nodes.numberNode(Long.MIN_VALUE);
            case 4 -> nodes.numberNode(java.math.BigInteger.TEN.pow(60));
            case 5 -> nodes.numberNode(1e308);
            case 6 -> nodes.numberNode(0.5);
            case 7 -> nodes.nullNode();
            case 8 -> nodes.booleanNode(true);
            case 9 -> nodes.stringNode("");
            case 10 -> nodes.stringNode("a\nb\u001B[31m\u202Ec\u0000");
            case 11 -> nodes.stringNode("x".repeat(6000));
            case 12 -> nodes.arrayNode().add(nodes.arrayNode());
            default -> nodes.objectNode().put("a", 1);
        };
    }

    private static JsonNode tree() {
        return JsonMapper.shared().readTree(SessionJson.write(Documents.full()));
    }

    private static void assertOneLine(UserException refusal) {
        String line = refusal.getMessage();
        assertTrue(line.length() < 2000, line);
        assertFalse(line.chars().anyMatch(Character::isISOControl), line);
    }

    private static SessionDocument parse(String json) {
        return SessionJson.parse(json.getBytes(StandardCharsets.UTF_8), FILE);
    }
}
