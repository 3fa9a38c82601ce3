package io.agilelens.app.session;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.ModelReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The fingerprints of the files that sessions name, each taken once. For one thread. */
public final class Fingerprints {
    private final Map<String, Optional<Fingerprint>> known = new HashMap<>();

    /**
     * The session with the fingerprints of its files as they are; a file that is gone keeps the one
     * that the session has.
     */
    public SessionDocument of(SessionDocument document) {
        Map<String, Fingerprint> all = new HashMap<>(document.fingerprints());
        for (String model : document.models()) {
            model(model).ifPresent(print -> all.put(model, print));
        }
        for (String text : document.texts()) {
            text(text).ifPresent(print -> all.put(text, print));
        }
        all.keySet()
                .removeIf(
                        name ->
                                !document.models().contains(name)
                                        && !document.texts().contains(name));
        return document.withFingerprints(all);
    }

    /** The models and texts that are no longer what they were when the session was saved. */
    public List<String> changed(SessionDocument document) {
        List<String> changed = new ArrayList<>();
        for (Map.Entry<String, Fingerprint> saved : document.fingerprints().entrySet()) {
            Optional<Fingerprint> now =
                    document.models().contains(saved.getKey())
                            ? model(saved.getKey())
                            : text(saved.getKey());
            if (now.isPresent() && !now.get().equals(saved.getValue())) {
                changed.add(saved.getKey());
            }
        }
        return changed.stream().sorted().toList();
    }

    private Optional<Fingerprint> model(String reference) {
        return known.computeIfAbsent(
                reference, name -> taken(() -> ModelReference.parse(name).path()));
    }

    private Optional<Fingerprint> text(String file) {
        return known.computeIfAbsent(file, name -> taken(() -> Path.of(name)));
    }

    private static Optional<Fingerprint> taken(java.util.function.Supplier<Path> path) {
        try {
            return Optional.of(Fingerprint.of(path.get()));
        } catch (UserException gone) {
            // Whoever opens it says so.
            return Optional.empty();
        }
    }
}
