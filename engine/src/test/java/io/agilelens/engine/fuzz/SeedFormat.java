package io.agilelens.engine.fuzz;

import java.util.function.Supplier;

/**
 * The kinds of model that are or will be opened, each with a small sound one. A kind that is not
 * read yet must be refused; once it is read, {@code SeedFormatTest} fails until it is marked so
 * here, and with the mark its fuzzing and its hostile cases count.
 */
public enum SeedFormat {
    LLAMA(true, "", SeedModels::llama),
    SHARDED(true, "", SeedModels::sharded),
    BUNDLE(
            true,
            "",
            () -> SeedModels.bundle("{\"weights\":{\"method\":\"rtn\",\"bits\":4,\"group\":4}}")),
    OPT(true, "", SeedModels::opt),
    BLOOM(true, "", SeedModels::bloom),
    GGUF(true, "model.gguf", SeedModels::gguf),
    LLAMA2C(true, "model.bin", SeedModels::llama2c),
    AWQ(true, "", SeedModels::awq),
    GPTQ(true, "", SeedModels::gptq),
    COMPRESSED_TENSORS(true, "", SeedModels::compressedTensors);

    private final boolean read;
    private final String opened;
    private final Supplier<FolderImage> seed;

    SeedFormat(boolean read, String opened, Supplier<FolderImage> seed) {
        this.read = read;
        this.opened = opened;
        this.seed = seed;
    }

    /** Whether this version of the program reads it. */
    public boolean isRead() {
        return read;
    }

    /** What is opened, below the folder; empty for the folder itself. */
    public String opened() {
        return opened;
    }

    /** A sound model of this kind. */
    public FolderImage seed() {
        return seed.get();
    }
}
