/**
 * Lessons on the user's own model: steps that explain, set levers, point at views and ask. What a
 * lesson consists of and says stands in {@code resources}; what its answers are is computed from
 * the opened model.
 */
package io.agilelens.views.lessons;
