package io.agilelens.views.export;

import io.agilelens.engine.export.ExportFormat;
import java.nio.file.Path;

/**
 * What is to be written.
 *
 * @param replace whether a model of this program's own at the target may be replaced
 */
public record ExportRequest(ExportFormat format, Path target, boolean replace) {}
