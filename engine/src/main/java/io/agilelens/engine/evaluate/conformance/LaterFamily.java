package io.agilelens.engine.evaluate.conformance;

/**
 * A kind of case that is known by name only.
 *
 * @param start what the kind begins with
 * @param reason why nothing is checked, for a person to read
 */
record LaterFamily(String start, String reason) implements CaseFamily {

    @Override
    public boolean covers(String kind) {
        return kind.startsWith(start);
    }

    @Override
    public void check(KitFolder folder, KitModels models, CaseSink sink) {
        sink.unsupported("", reason);
    }
}
