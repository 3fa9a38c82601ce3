package io.agilelens.engine.hostile;

import io.agilelens.engine.fuzz.SeedFormat;
import java.util.List;
import java.util.Optional;

/**
 * The cases of one kind of file, a section of the table.
 *
 * @param title its heading
 * @param needs the format that must be read before the cases mean anything; empty if it is
 */
public record HostileFormat(String title, Optional<SeedFormat> needs, List<HostileCase> cases) {

    static HostileFormat of(String title, List<HostileCase> cases) {
        return new HostileFormat(title, Optional.empty(), cases);
    }

    static HostileFormat of(String title, SeedFormat needs, List<HostileCase> cases) {
        return new HostileFormat(title, Optional.of(needs), cases);
    }

    /** Whether the program reads the format by now. */
    boolean isRead() {
        return needs.map(SeedFormat::isRead).orElse(true);
    }
}
