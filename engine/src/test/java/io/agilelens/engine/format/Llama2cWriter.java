package io.agilelens.engine.format;

import io.agilelens.engine.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Writes a LLaMA checkpoint as llama2.c does, for tests. */
final class Llama2cWriter {
    private final Checkpoint source;
    private final int version;
    private final int group;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /**
     * @param group weights that share a scale in version 2
     */
    Llama2cWriter(Checkpoint source, int version, int group) {
        this.source = source;
        this.version = version;
        this.group = group;
    }

    private int size(String key) {
        return source.config().path(key).asInt();
    }

    private boolean tied() {
        return source.config().path("tie_word_embeddings").asBoolean();
    }

    Path write(Path file) {
        header();
        if (version == 0) {
            floats("model.embed_tokens.weight");
            layers("input_layernorm.weight", 0);
            attention();
            layers("post_attention_layernorm.weight", 0);
            mlp();
            floats("model.norm.weight");
            int angles = size("hidden_size") / size("num_attention_heads");
            put(new float[size("max_position_embeddings") * angles]);
        } else {
            layers("input_layernorm.weight", 0);
            layers("post_attention_layernorm.weight", 0);
            floats("model.norm.weight");
            weights("model.embed_tokens.weight", 0);
            attention();
            mlp();
        }
        if (!tied()) {
            weights("lm_head.weight", 0);
        }
        try {
            return Files.write(file, bytes.toByteArray());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void header() {
        int sign = version == 0 && !tied() ? -1 : 1;
        int[] sizes = {
            size("hidden_size"),
            size("intermediate_size"),
            size("num_hidden_layers"),
            size("num_attention_heads"),
            size("num_key_value_heads"),
            sign * size("vocab_size"),
            size("max_position_embeddings")
        };
        ByteBuffer header =
                ByteBuffer.allocate(version == 0 ? 28 : 256).order(ByteOrder.LITTLE_ENDIAN);
        if (version > 0) {
            header.putInt(Llama2cHeader.MAGIC).putInt(version);
        }
        for (int size : sizes) {
            header.putInt(size);
        }
        if (version > 0) {
            header.put((byte) (tied() ? 1 : 0));
        }
        if (version == 2) {
            header.putInt(group);
        }
        bytes.writeBytes(header.array());
    }

    private void attention() {
        layers("self_attn.q_proj.weight", size("num_attention_heads"));
        layers("self_attn.k_proj.weight", size("num_key_value_heads"));
        layers("self_attn.v_proj.weight", 0);
        layers("self_attn.o_proj.weight", 0);
    }

    private void mlp() {
        layers("mlp.gate_proj.weight", 0);
        layers("mlp.down_proj.weight", 0);
        layers("mlp.up_proj.weight", 0);
    }

    private void layers(String name, int rotaryHeads) {
        for (int layer = 0; layer < size("num_hidden_layers"); layer++) {
            String full = "model.layers." + layer + "." + name;
            if (name.contains("norm")) {
                floats(full);
            } else {
                weights(full, rotaryHeads);
            }
        }
    }

    private void floats(String name) {
        put(source.find(name).orElseThrow().toFloats());
    }

    private void weights(String name, int rotaryHeads) {
        Tensor tensor = source.find(name).orElseThrow();
        float[] values = tensor.toFloats();
        if (rotaryHeads > 0) {
            values = neighbours(values, rotaryHeads, (int) tensor.shape()[0]);
        }
        if (version == 2) {
            quantized(values);
        } else {
            put(values);
        }
    }

    /** Rows of each head with the pairs of rotary positions side by side. */
    private static float[] neighbours(float[] values, int heads, int rows) {
        int width = values.length / rows;
        int dimension = rows / heads;
        float[] moved = new float[values.length];
        for (int head = 0; head < heads; head++) {
            for (int i = 0; i < dimension / 2; i++) {
                for (int part = 0; part < 2; part++) {
                    int from = head * dimension + part * dimension / 2 + i;
                    int to = head * dimension + 2 * i + part;
                    System.arraycopy(values, from * width, moved, to * width, width);
                }
            }
        }
        return moved;
    }

    private void quantized(float[] values) {
        float[] scales = new float[values.length / group];
        byte[] codes = new byte[values.length];
        for (int g = 0; g < scales.length; g++) {
            float largest = 0;
            for (int i = g * group; i < (g + 1) * group; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
            }
            scales[g] = largest / 127;
            for (int i = g * group; i < (g + 1) * group; i++) {
                codes[i] = (byte) Math.rint(values[i] / scales[g]);
            }
        }
        bytes.writeBytes(codes);
        put(scales);
    }

    private void put(float[] values) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(values);
        bytes.writeBytes(buffer.array());
    }

    /**
     * The {@code tokenizer.bin} of a SentencePiece-like {@code tokenizer.json}: the score of a
     * piece is the place of the merge that makes it.
     *
     * @param bytesAsCharacters whether bytes are spelled as characters, as older exporters did
     */
    static byte[] tokenizer(JsonNode json, boolean bytesAsCharacters) {
        List<String> pieces = new ArrayList<>();
        json.path("model").path("vocab").properties().forEach(_ -> pieces.add(""));
        json.path("model")
                .path("vocab")
                .properties()
                .forEach(entry -> pieces.set(entry.getValue().asInt(), entry.getKey()));
        float[] scores = new float[pieces.size()];
        int rank = 0;
        for (JsonNode merge : json.path("model").path("merges")) {
            String made =
                    merge.isArray()
                            ? merge.get(0).asString() + merge.get(1).asString()
                            : merge.asString().replace(" ", "");
            int id = pieces.indexOf(made);
            if (scores[id] == 0) {
                scores[id] = - ++rank;
            }
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        List<byte[]> spelled = new ArrayList<>();
        int longest = 0;
        for (int id = 0; id < pieces.size(); id++) {
            String piece = pieces.get(id).replace('▁', ' ');
            if (id == 1 || id == 2) {
                piece = "\n" + piece + "\n";
            } else if (bytesAsCharacters && id >= 3 && id < 259) {
                piece = Character.toString(id - 3);
            }
            spelled.add(piece.getBytes(StandardCharsets.UTF_8));
            longest = Math.max(longest, spelled.getLast().length);
        }
        file.writeBytes(integer(longest));
        for (int id = 0; id < scores.length; id++) {
            file.writeBytes(integer(Float.floatToIntBits(scores[id])));
            file.writeBytes(integer(spelled.get(id).length));
            file.writeBytes(spelled.get(id));
        }
        return file.toByteArray();
    }

    private static byte[] integer(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }
}
