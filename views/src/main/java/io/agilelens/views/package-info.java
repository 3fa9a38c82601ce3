/** Parts that every station shares: theme, words, figures, selection. */
package io.agilelens.views;
