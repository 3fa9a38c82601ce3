package io.agilelens.spark;

import io.agilelens.engine.UserException;
import io.agilelens.engine.search.SweepCluster;
import io.agilelens.engine.search.SweepExecutor;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/** Apache Spark, found by the engine as a service. */
public final class SparkCluster implements SweepCluster {
    /** What the kernels need; Spark itself adds what Spark needs. */
    private static final String JAVA_OPTIONS =
            "--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED"
                    + " --sun-misc-unsafe-memory-access=allow";

    /**
     * {@inheritDoc}
     *
     * <p>Everything about Spark can be set by system properties that start with {@code spark.};
     * what is set here are only defaults.
     */
    @Override
    public SweepExecutor open(String master) {
        SparkConf conf = new SparkConf().setMaster(master).setAppName("AgileLens sweep");
        conf.setIfMissing("spark.ui.enabled", "false");
        // The table must not depend on who was asked twice.
        conf.setIfMissing("spark.speculation", "false");
        conf.setIfMissing("spark.executor.extraJavaOptions", JAVA_OPTIONS);
        ShippedJars jars = ShippedJars.collect();
        conf.setJars(jars.paths().toArray(String[]::new));
        try {
            return new SparkSweepExecutor(new SparkContext(conf), jars);
        } catch (Exception failure) { // Scala throws checked exceptions without declaring them
            jars.close();
            throw new UserException(
                    "--spark %s: no connection to a cluster (%s): check the address, or leave --spark out"
                            .formatted(master, reason(failure)),
                    failure);
        }
    }

    /** The innermost message, on one line. */
    static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return message.lines().findFirst().orElse(cause.toString()).strip();
    }
}
