package io.agilelens.engine.fuzz;

import java.util.List;
import java.util.ServiceLoader;

/**
 * The parsers of a module. Each module's tests name theirs as a service, so that the programs that
 * fuzz find them by their names alone.
 */
public interface FuzzTargetSource {
    /** All of the module, each with a name that no other module has. */
    List<FuzzTarget> all();

    /** A parser of any module. */
    static FuzzTarget named(String name) {
        return ServiceLoader.load(FuzzTargetSource.class).stream()
                .flatMap(source -> source.get().all().stream())
                .filter(target -> target.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no target " + name));
    }
}
