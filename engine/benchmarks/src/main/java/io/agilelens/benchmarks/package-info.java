/**
 * Each kernel by itself, measured by JMH: scalar code and vectors side by side, at the shapes of
 * the models of 110 million and 1.1 billion weights, on one token and many. {@code
 * docs/performance.md} has the command.
 */
package io.agilelens.benchmarks;
