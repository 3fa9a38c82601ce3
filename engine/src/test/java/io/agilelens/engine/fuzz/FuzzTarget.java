package io.agilelens.engine.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A parser to be fuzzed: sound folders, the files in them that are damaged and how, and what is
 * then opened. The first three bytes of an input choose a folder, a file and a manner.
 *
 * @param name of its corpus
 * @param images sound folders; made when they are first needed
 * @param opened the file that is opened, or empty for the folder
 * @param visit opens it
 */
public record FuzzTarget(
        String name,
        Supplier<List<FolderImage>> images,
        List<Victim> victims,
        String opened,
        Consumer<Path> visit) {
    private static final int LARGEST_SEED = 8192;

    /** A file to damage. */
    public record Victim(String file, List<Manner> manners) {
        /** A file and the ways in which it is damaged. */
        public static Victim of(String file, Manner... manners) {
            return new Victim(file, List.of(manners));
        }
    }

    /** Inputs that leave everything as it is, one for each folder, file and manner. */
    List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        List<FolderImage> all = images.get();
        for (int image = 0; image < all.size(); image++) {
            for (int victim = 0; victim < victims.size(); victim++) {
                byte[] sound = all.get(image).files().get(victims.get(victim).file());
                List<Manner> manners = victims.get(victim).manners();
                for (int manner = 0; manner < manners.size(); manner++) {
                    ByteArrayOutputStream seed = new ByteArrayOutputStream();
                    seed.write(image);
                    seed.write(victim);
                    seed.write(manner);
                    if (manners.get(manner) == Manner.WHOLE
                            && sound != null
                            && sound.length <= LARGEST_SEED) {
                        seed.writeBytes(sound);
                    }
                    seeds.add(seed.toByteArray());
                }
            }
        }
        return seeds;
    }
}
