package io.agilelens.engine.format;

import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/**
 * What a checkpoint says about its tokenizer.
 *
 * @param place the file it stands in, for messages
 * @param json a {@code tokenizer.json}, in UTF-8: the file's own bytes, or what was rebuilt from
 *     another format's tables
 * @param settings the {@code tokenizer_config.json} or what takes its place; missing if there is
 *     none
 */
public record TokenizerSource(Path place, byte[] json, JsonNode settings) {}
