package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.format.FileErrors;
import io.agilelens.engine.format.SafetensorsFile;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Blocks as safetensors files in a folder of their own, {@code layer-N.safetensors}. Each file says
 * which work it belongs to and carries the SHA-256 of its arrays; a file that does not agree with
 * both counts as not there.
 */
final class FolderBlockStore implements BlockStore {
    private static final String KEY = "key";
    private static final String LAYER = "layer";
    private static final String DIGEST = "sha256";

    private final Path folder;
    private final String key;

    /**
     * @param folder made when the first block is written
     * @param key of the work
     */
    FolderBlockStore(Path folder, String key) {
        this.folder = folder;
        this.key = key;
    }

    @Override
    public Optional<Block> read(int layer) {
        Path file = file(layer);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (SafetensorsFile stored = SafetensorsFile.open(file)) {
            Block block = Block.EMPTY;
            for (Tensor tensor : stored.tensors()) {
                block = with(block, (DenseTensor) tensor);
            }
            Map<String, String> expected =
                    Map.of(
                            KEY,
                            key,
                            LAYER,
                            Integer.toString(layer),
                            DIGEST,
                            digest(key, layer, block));
            return stored.metadata().equals(expected) ? Optional.of(block) : Optional.empty();
        } catch (UserException | IllegalArgumentException damaged) {
            return Optional.empty();
        }
    }

    @Override
    public boolean holds(int layer) {
        return Files.exists(file(layer));
    }

    private static Block with(Block block, DenseTensor tensor) {
        ByteBuffer bytes = ByteBuffer.wrap(tensor.data().toBytes()).order(ByteOrder.LITTLE_ENDIAN);
        switch (tensor.dtype()) {
            case F32 -> {
                float[] values = new float[bytes.remaining() / Float.BYTES];
                bytes.asFloatBuffer().get(values);
                return block.with(tensor.name(), values);
            }
            case I32 -> {
                int[] values = new int[bytes.remaining() / Integer.BYTES];
                bytes.asIntBuffer().get(values);
                return block.with(tensor.name(), values);
            }
            case U8 -> {
                return block.with(tensor.name(), bytes.array());
            }
            default ->
                    throw new IllegalArgumentException("a block holds no " + tensor.dtype().name());
        }
    }

    @Override
    public void write(int layer, Block block) {
        try {
            Files.createDirectories(folder);
        } catch (IOException failure) {
            throw FileErrors.writing(folder, failure);
        }
        SafetensorsWriter writer =
                new SafetensorsWriter()
                        .metadata(KEY, key)
                        .metadata(LAYER, Integer.toString(layer))
                        .metadata(DIGEST, digest(key, layer, block));
        block.floats()
                .forEach(
                        (name, values) ->
                                writer.add(name, DType.F32, new long[] {values.length}, values));
        block.integers()
                .forEach((name, values) -> add(writer, name, DType.I32, littleEndian(values)));
        block.bytes().forEach((name, values) -> add(writer, name, DType.U8, values));
        AtomicFiles.writeFile(file(layer), true, writer::write);
    }

    private static void add(SafetensorsWriter writer, String name, DType type, byte[] bytes) {
        writer.add(
                name,
                type,
                new long[] {bytes.length / type.bytes()},
                channel -> writeFully(channel, bytes));
    }

    private static void writeFully(WritableByteChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    @Override
    public void clear() {
        delete(folder);
    }

    /** Removes a work's folder with all files in it, those that a killed run left included. */
    static void delete(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.deleteIfExists(file);
                }
            }
            Files.deleteIfExists(folder);
        } catch (IOException failure) {
            throw FileErrors.writing(folder, failure);
        }
    }

    private Path file(int layer) {
        return folder.resolve("layer-%d.safetensors".formatted(layer));
    }

    private static String digest(String key, int layer, Block block) {
        MessageDigest digest = sha256();
        update(digest, key);
        update(digest, Integer.toString(layer));
        block.floats()
                .forEach(
                        (name, values) -> {
                            update(digest, name);
                            ByteBuffer bytes =
                                    ByteBuffer.allocate(values.length * Float.BYTES)
                                            .order(ByteOrder.LITTLE_ENDIAN);
                            bytes.asFloatBuffer().put(values);
                            digest.update(bytes);
                        });
        block.integers()
                .forEach(
                        (name, values) -> {
                            update(digest, name);
                            digest.update(littleEndian(values));
                        });
        block.bytes()
                .forEach(
                        (name, values) -> {
                            update(digest, name);
                            digest.update(values);
                        });
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(littleEndian(new int[] {bytes.length}));
        digest.update(bytes);
    }

    private static byte[] littleEndian(int[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        return bytes.array();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
