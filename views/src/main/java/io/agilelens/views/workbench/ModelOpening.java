package io.agilelens.views.workbench;

/**
 * A model that is being opened.
 *
 * @param reference which one, as a person gave it
 * @param status how far that is
 */
public record ModelOpening(String reference, WorkStatus status) {}
