package io.agilelens.engine.evaluate.conformance;

/** One kind of case; a kit folder belongs to the family that covers its manifest's kind. */
interface CaseFamily {

    /**
     * @param kind the manifest's {@code kind}
     */
    boolean covers(String kind);

    /** Checks everything that a folder holds. */
    void check(KitFolder folder, KitModels models, CaseSink sink);
}
