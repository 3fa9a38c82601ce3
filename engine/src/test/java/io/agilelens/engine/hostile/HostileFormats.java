package io.agilelens.engine.hostile;

import io.agilelens.engine.fuzz.SeedFormat;
import java.util.List;

/** All hostile cases in the order of the table. A new format adds its line here. */
final class HostileFormats {
    private HostileFormats() {}

    static List<HostileFormat> all() {
        return List.of(
                HostileFormat.of("Safetensors files", SafetensorsCases.all()),
                HostileFormat.of("Model folders", FolderCases.folders()),
                HostileFormat.of("config.json", FolderCases.configs()),
                HostileFormat.of("Shards and their index", FolderCases.shards()),
                HostileFormat.of("tokenizer.json", TextCases.tokenizers()),
                HostileFormat.of("Recipes", TextCases.recipes()),
                HostileFormat.of("Native bundles", TextCases.bundles()),
                HostileFormat.of("GGUF", SeedFormat.GGUF, GgufCases.all()),
                HostileFormat.of("llama2.c", SeedFormat.LLAMA2C, Llama2cCases.all()),
                HostileFormat.of("AutoAWQ", SeedFormat.AWQ, PackedCases.awq()),
                HostileFormat.of("GPTQ", SeedFormat.GPTQ, PackedCases.gptq()),
                HostileFormat.of(
                        "compressed-tensors",
                        SeedFormat.COMPRESSED_TENSORS,
                        PackedCases.compressedTensors()));
    }
}
