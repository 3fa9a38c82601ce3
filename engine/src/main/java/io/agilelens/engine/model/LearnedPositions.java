package io.agilelens.engine.model;

/**
 * A learned row for each position, added to the token embedding (OPT). Nothing behind the input
 * knows about positions, so numbering the survivors of pruning anew changes nothing.
 *
 * @param offset row of position 0; the rows before it are for padding
 * @param count positions that there are rows for
 */
public record LearnedPositions(int offset, int count) implements PositionEncoding {}
