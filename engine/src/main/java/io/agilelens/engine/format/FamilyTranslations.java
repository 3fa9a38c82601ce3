package io.agilelens.engine.format;

import java.util.ServiceLoader;

/** All translations on the class path. */
final class FamilyTranslations {
    private FamilyTranslations() {}

    /** The checkpoint as one of a known family; itself if nobody translates its family. */
    static Checkpoint apply(Checkpoint checkpoint) {
        String type = checkpoint.config().path("model_type").asString("");
        for (FamilyTranslation translation : ServiceLoader.load(FamilyTranslation.class)) {
            if (translation.modelTypes().contains(type)) {
                try {
                    return translation.translate(checkpoint);
                } catch (RuntimeException | Error failure) {
                    checkpoint.close();
                    throw failure;
                }
            }
        }
        return checkpoint;
    }
}
