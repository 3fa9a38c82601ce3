package io.agilelens.engine.format.gguf;

/** Types of tensors that this program writes into GGUF files. */
public enum GgufType {
    F32(0, 0, 1, 4),
    F16(1, 1, 1, 2),
    Q8_0(8, 7, 32, 34),
    Q4_0(2, 2, 32, 18),
    Q4_1(3, 3, 32, 20),
    Q4_K(12, 14, 256, 144),
    Q6_K(14, 18, 256, 210);

    private final int code;
    private final int fileType;
    private final int blockElements;
    private final int blockBytes;

    GgufType(int code, int fileType, int blockElements, int blockBytes) {
        this.code = code;
        this.fileType = fileType;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
    }

    /** ggml's number of the type. */
    public int code() {
        return code;
    }

    /** What {@code general.file_type} says of a file whose matrices are mostly of this type. */
    public int fileType() {
        return fileType;
    }

    /** Elements that are stored together; the length of a row is a multiple of it. */
    public int blockElements() {
        return blockElements;
    }

    /** Bytes they take. */
    public int blockBytes() {
        return blockBytes;
    }

    /** Whether several elements share scales. */
    public boolean isBlock() {
        return blockElements > 1;
    }

    /** Bytes of a tensor whose rows are whole blocks. */
    public long bytes(long elements) {
        return elements / blockElements * blockBytes;
    }
}
