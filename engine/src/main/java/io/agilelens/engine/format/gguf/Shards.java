package io.agilelens.engine.format.gguf;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of a model that {@code llama-gguf-split} cut in pieces: {@code
 * NAME-00001-of-00003.gguf} and so on. The first has the metadata, all have {@code split.no}
 * (counted from 0) and {@code split.count}.
 */
final class Shards {
    private static final String COUNT = "split.count";
    private static final String NUMBER = "split.no";
    private static final String TENSORS = "split.tensors.count";
    private static final int MOST_SHARDS = 10_000;
    private static final Pattern NAME = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");

    private Shards() {}

    /**
     * Opens a file, or all files of the set it belongs to, the first one first.
     *
     * @throws UserException if one is missing, damaged, or belongs to another set
     */
    static List<GgufFile> open(Path path) {
        GgufFile given = GgufFile.open(path);
        List<GgufFile> files = new ArrayList<>(List.of(given));
        try {
            long count = given.metadata().whole(COUNT, 0, MOST_SHARDS, 1);
            if (count > 1) {
                Matcher name = NAME.matcher(path.getFileName().toString());
                if (!name.matches() || Integer.parseInt(name.group(3)) != count) {
                    throw new UserException(
                            "%s is one of %d files of a split model but is not called NAME-00001-of-%05d.gguf; give the files their names back or join them with llama-gguf-split --merge"
                                    .formatted(Printable.of(path), count, count));
                }
                files.clear();
                given.close();
                for (int number = 0; number < count; number++) {
                    String sibling =
                            "%s-%05d-of-%05d.gguf".formatted(name.group(1), number + 1, count);
                    files.add(GgufFile.open(path.resolveSibling(sibling)));
                    checkPlace(files.get(number).metadata(), number, count);
                }
                checkTotal(files);
            }
            return List.copyOf(files);
        } catch (RuntimeException | Error failure) {
            files.forEach(GgufFile::close);
            throw failure;
        }
    }

    private static void checkPlace(Metadata metadata, int number, long count) {
        if (metadata.whole(COUNT, 0, MOST_SHARDS) != count) {
            throw metadata.refuse(COUNT, "the other files say %d".formatted(count));
        }
        if (metadata.whole(NUMBER, 0, MOST_SHARDS) != number) {
            throw metadata.refuse(NUMBER, "its name says %d".formatted(number));
        }
    }

    private static void checkTotal(List<GgufFile> files) {
        Metadata metadata = files.getFirst().metadata();
        long found = files.stream().mapToLong(file -> file.entries().size()).sum();
        if (metadata.whole(TENSORS, 0, Long.MAX_VALUE, found) != found) {
            throw metadata.refuse(
                    TENSORS, "the files have %d tensors together; get them again".formatted(found));
        }
    }
}
