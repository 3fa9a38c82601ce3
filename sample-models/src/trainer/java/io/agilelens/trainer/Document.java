package io.agilelens.trainer;

/**
 * One text of the corpus: a speech, a chapter, a book.
 *
 * @param name stable name, such as {@code sotu/1861_abraham_lincoln_r}
 * @param text the text, unchanged but for line ends and outer white space
 * @param heldOut true if the text is kept from training and only used to measure
 */
record Document(String name, String text, boolean heldOut) {}
