package io.agilelens.views.workbench;

/** What a person starts by a button of a view and stops by the same; of each, one at a time. */
public sealed interface Work permits Measuring, QualityStudy {}
