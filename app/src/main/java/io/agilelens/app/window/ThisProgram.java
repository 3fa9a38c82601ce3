package io.agilelens.app.window;

import io.agilelens.app.Version;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.palette.AboutCard;
import java.util.List;

/** What a report of a fault should say of the program and of what it runs on. */
final class ThisProgram {
    private ThisProgram() {}

    static List<AboutCard.Fact> facts() {
        return List.of(
                fact("version", Version.current()),
                fact("java", Runtime.version() + ", " + System.getProperty("java.vm.name")),
                fact("javafx", System.getProperty("javafx.runtime.version")),
                fact(
                        "system",
                        System.getProperty("os.name")
                                + " "
                                + System.getProperty("os.version")
                                + ", "
                                + System.getProperty("os.arch")),
                fact("vectors", KernelProvider.current().species()),
                fact("threads", Integer.toString(Workers.shared().threads())),
                fact("heap", Figures.bytes(Runtime.getRuntime().maxMemory())),
                fact("licence", Messages.text("about.licence.name")));
    }

    private static AboutCard.Fact fact(String key, String value) {
        return new AboutCard.Fact(Messages.text("about." + key), value);
    }
}
