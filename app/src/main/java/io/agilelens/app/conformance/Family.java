package io.agilelens.app.conformance;

import java.util.List;

/** A kind of reference data that this program can be held against. */
interface Family {

    /** Whether a manifest's {@code kind} belongs to it. */
    boolean covers(String kind);

    /**
     * Runs all cases of a folder.
     *
     * @param name the folder's place in the kit
     */
    List<CaseResult> run(String name, GoldenFolder golden, KitModels models);
}
