package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.FileErrors;
import io.agilelens.engine.format.UserCache;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.LinearWeight;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Where the finished blocks of long calibrations are kept, each work in a folder called by its key.
 * Works that nobody came back to are bounded: together they take at most {@link #LARGEST_LEFTOVER}
 * bytes, the oldest going first; what was touched within the last hour may be in use and stays.
 */
public final class WorkFolder {
    /** Most bytes of works other than the one that is opened. */
    static final long LARGEST_LEFTOVER = 8L << 30;

    private static final String NAME = "work";

    private static final Duration IN_USE = Duration.ofHours(1);

    /** Changes when the same settings would give other blocks. */
    private static final String VERSION = "agilelens work 1";

    private final Supplier<Path> place;

    /**
     * @param folder made when it is first needed
     */
    public WorkFolder(Path folder) {
        this(
                () -> {
                    try {
                        return Files.createDirectories(folder);
                    } catch (FileAlreadyExistsException notFolder) {
                        throw new UserException(
                                "%s is a file: layers of a work are kept in a folder; name another"
                                        .formatted(folder));
                    } catch (IOException failure) {
                        throw FileErrors.writing(folder, failure);
                    }
                });
    }

    private WorkFolder(Supplier<Path> place) {
        this.place = place;
    }

    /** In the user's cache. */
    public static WorkFolder ofUser() {
        return new WorkFolder(() -> UserCache.folder(NAME));
    }

    /**
     * The blocks of a work.
     *
     * @throws UserException if the folder cannot be made or read
     */
    BlockStore open(String key) {
        Path folder = place.get();
        Path own = folder.resolve(key);
        bound(folder, own);
        return new FolderBlockStore(own, key);
    }

    private static void bound(Path folder, Path own) {
        record Work(Path path, FileTime touched, long bytes) {}
        List<Work> others = new ArrayList<>();
        for (Path path : list(folder)) {
            if (Files.isDirectory(path) && !path.equals(own) && isKey(path)) {
                long bytes = 0;
                FileTime touched = FileTime.fromMillis(0);
                for (Path file : list(path)) {
                    bytes += file.toFile().length();
                    FileTime time = FileTime.fromMillis(file.toFile().lastModified());
                    touched = touched.compareTo(time) < 0 ? time : touched;
                }
                others.add(new Work(path, touched, bytes));
            }
        }
        others.sort(Comparator.comparing(Work::touched).reversed());
        Instant used = Instant.now().minus(IN_USE);
        long total = 0;
        for (Work work : others) {
            total += work.bytes();
            if (total > LARGEST_LEFTOVER && work.touched().toInstant().isBefore(used)) {
                FolderBlockStore.delete(work.path());
            }
        }
    }

    private static boolean isKey(Path path) {
        return path.getFileName().toString().matches("[0-9a-f]{64}");
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (IOException failure) {
            throw FileErrors.reading(folder, failure);
        }
    }

    /**
     * The key of quantizing a model's weights: SHA-256 of all that the result depends on. The model
     * counts by its configuration, the size and time of its files, its tensors' names and shapes,
     * and the first row of every linear; the rest by value.
     */
    static String key(Model model, Kernels kernels, Recipe recipe, Calibration calibration) {
        MessageDigest digest = FolderBlockStore.sha256();
        add(digest, VERSION);
        add(digest, kernels.name() + kernels.vectorBits());
        add(digest, model.precision().name());
        Path source = model.checkpoint().source().toAbsolutePath().normalize();
        add(digest, source.toString());
        List<Path> files =
                Files.isDirectory(source)
                        ? list(source).stream().sorted().toList()
                        : List.of(source);
        for (Path file : files) {
            if (Files.isRegularFile(file)) {
                add(digest, file.getFileName().toString());
                add(digest, file.toFile().length() + " " + file.toFile().lastModified());
            }
        }
        add(digest, model.checkpoint().config().toString());
        for (Tensor tensor : model.checkpoint().tensors()) {
            add(digest, tensor.name() + Arrays.toString(tensor.shape()) + tensor.storage());
        }
        for (int layer = 0; layer < model.config().layers(); layer++) {
            for (LinearRole role : model.config().roles()) {
                LinearWeight weight = model.weights().linear(layer, role);
                float[] row = new float[weight.inputs()];
                weight.weight().widen(0, row, 0, row.length);
                ByteBuffer bytes = ByteBuffer.allocate(row.length * Float.BYTES);
                bytes.asFloatBuffer().put(row);
                digest.update(bytes);
                add(digest, recipe.weightsAt(layer, role.input()).toString());
            }
        }
        add(digest, recipe.smoothing().toString());
        add(digest, calibration.sha256());
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        digest.update(bytes);
    }
}
