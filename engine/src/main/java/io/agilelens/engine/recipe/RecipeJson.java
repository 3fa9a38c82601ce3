package io.agilelens.engine.recipe;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.format.Printable;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Recipes as JSON; {@code docs/recipe.md} describes the keys. A missing key keeps the value that
 * {@link Recipe#FLOAT} has; an unknown key is an error that names it.
 */
public final class RecipeJson {
    private static final long LARGEST_FILE = 1 << 20;
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();

    private RecipeJson() {}

    /**
     * @throws UserException if the file cannot be read or is no recipe
     */
    public static Recipe read(Path file) {
        String source = Printable.of(file);
        if (!Files.exists(file)) {
            throw new UserException("%s: there is no such recipe file".formatted(source));
        }
        byte[] bytes = JsonFiles.readBytes(file, LARGEST_FILE);
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return parse(text.toString(), source);
        } catch (CharacterCodingException binary) {
            throw new UserException(
                    "%s: this is not UTF-8 text: give a recipe JSON file".formatted(source),
                    binary);
        }
    }

    /**
     * @param source what the text came from, for error lines
     * @throws UserException if the text is no recipe
     */
    public static Recipe parse(String json, String source) {
        JsonNode root;
        try {
            root = MAPPER.readTree(json);
        } catch (JacksonException broken) {
            throw new UserException(
                    "%s: this is not JSON: %s".formatted(source, JsonFiles.reason(broken)), broken);
        }
        if (root.isMissingNode()) {
            throw new UserException(
                    "%s: this is empty: give a recipe, {} being the model as it is"
                            .formatted(source));
        }
        return fromTree(root, source);
    }

    /**
     * @param source what the tree came from, for error lines
     * @throws UserException if the tree is no recipe
     */
    public static Recipe fromTree(JsonNode root, String source) {
        try {
            return RecipeReader.read(root, source);
        } catch (UserException refusal) {
            // The parts of a recipe check their numbers wherever these come from.
            throw refusal.getMessage().startsWith(source) ? refusal : refusal.in(source);
        }
    }

    /** The recipe written in full. */
    public static String write(Recipe recipe) {
        return MAPPER.writeValueAsString(toTree(recipe));
    }

    /** The recipe as a JSON tree, every key present. */
    public static ObjectNode toTree(Recipe recipe) {
        return RecipeWriter.write(recipe);
    }
}
