package io.agilelens.app.window;

import io.agilelens.app.command.MeasuredKernels;
import io.agilelens.engine.format.UserCache;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.views.Messages;
import io.agilelens.views.Notices;
import io.agilelens.views.action.Action;
import io.agilelens.views.action.ActionGroup;
import io.agilelens.views.action.Actions;
import io.agilelens.views.settings.SettingsDialog;
import io.agilelens.views.settings.SettingsHost;
import java.util.Map;
import java.util.Optional;
import javafx.application.Platform;
import javafx.stage.Stage;

/** The settings, and what they change of the application. */
final class SettingsAction implements SettingsHost {
    private final Stage stage;
    private final WorkbenchFrame frame;
    private final Map<String, Double> dividers;
    private final Optional<WindowMemory> memory;

    /**
     * @param dividers where dividers inside stations were moved to
     */
    SettingsAction(
            Stage stage,
            WorkbenchFrame frame,
            Map<String, Double> dividers,
            Optional<WindowMemory> memory) {
        this.stage = stage;
        this.frame = frame;
        this.dividers = dividers;
        this.memory = memory;
    }

    void addTo(Actions actions) {
        actions.add(
                Action.of(
                                "settings",
                                ActionGroup.VIEW,
                                () -> new SettingsDialog(stage, this).show())
                        .on("Shortcut+Comma"));
        actions.add(Action.of("layout.reset", ActionGroup.VIEW, this::resetLayout));
    }

    @Override
    public int threads() {
        return memory.map(WindowMemory::threads).orElse(0);
    }

    @Override
    public int threadsNow() {
        return Workers.shared().threads();
    }

    @Override
    public void setThreads(int threads) {
        memory.ifPresent(kept -> kept.setThreads(threads));
    }

    @Override
    public boolean keeps() {
        return memory.isPresent();
    }

    @Override
    public String cacheFolder() {
        return UserCache.place().toString();
    }

    @Override
    public void forgetKernels() {
        Thread.ofPlatform()
                .daemon()
                .name("forget-kernels")
                .start(
                        () -> {
                            MeasuredKernels.forget();
                            Platform.runLater(
                                    () -> Notices.done(Messages.text("settings.kernels.done")));
                        });
    }

    @Override
    public void resetLayout() {
        frame.zones().reset();
        dividers.clear();
        stage.setFullScreen(false);
        stage.setMaximized(false);
        stage.setWidth(WorkbenchWindow.WIDTH);
        stage.setHeight(WorkbenchWindow.HEIGHT);
        stage.centerOnScreen();
    }
}
