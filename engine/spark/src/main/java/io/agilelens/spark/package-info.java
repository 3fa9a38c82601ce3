/** Sweeps on Apache Spark. */
package io.agilelens.spark;
