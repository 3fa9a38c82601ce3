package io.agilelens.engine.search;

import io.agilelens.engine.UserException;
import java.util.ServiceLoader;

/**
 * Brings the runs of a sweep to other machines. Implementations are found on the class path; the
 * engine itself has none, so that nothing of a cluster's libraries is there unless it is asked for.
 */
public interface SweepCluster {

    /**
     * Connects to a cluster.
     *
     * @param master how its libraries name it
     * @throws UserException if there is none
     */
    SweepExecutor open(String master);

    /**
     * Connects with the implementation on the class path.
     *
     * @throws UserException if there is none
     */
    static SweepExecutor connect(String master) {
        return ServiceLoader.load(SweepCluster.class)
                .findFirst()
                .orElseThrow(
                        () ->
                                new UserException(
                                        "--spark %s: Apache Spark is not on the class path: start with the script agilelens, which builds that part when --spark is given"
                                                .formatted(master)))
                .open(master);
    }
}
