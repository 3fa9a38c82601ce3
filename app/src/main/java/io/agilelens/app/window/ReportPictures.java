package io.agilelens.app.window;

import static io.agilelens.app.window.HeadlessToolkit.onFx;

import io.agilelens.app.session.SessionReport;
import io.agilelens.engine.UserException;
import io.agilelens.views.Background;
import io.agilelens.views.Theme;
import io.agilelens.views.chart.ChartCard;
import io.agilelens.views.chart.ChartStyle;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.Scene;
import javafx.scene.layout.StackPane;

/**
 * Draws all pictures of a window for a report, as on paper whatever the window looks like. Stations
 * that are not in the window are laid out beside it, so that nothing in the window moves.
 */
final class ReportPictures {
    private static final double WIDTH = 1180;
    private static final double HEIGHT = 820;

    /** Rounds of preparation that a picture may need: data first, then what is drawn of it. */
    private static final int ROUNDS = 2;

    private final WorkbenchFrame frame;

    ReportPictures(WorkbenchFrame frame) {
        this.frame = frame;
    }

    /** Draws them; not on the JavaFX thread. */
    List<SessionReport.Picture> draw() throws InterruptedException {
        List<SessionReport.Picture> pictures = new ArrayList<>();
        for (Station station : frame.stations()) {
            onFx(
                    () -> {
                        beside(station, view -> StationCards.visitTabs(view, () -> {}));
                        return null;
                    });
            for (int round = 0; round < ROUNDS; round++) {
                Background.awaitIdle();
            }
            for (Supplier<SessionReport.Picture> taken : onFx(() -> taken(station))) {
                pictures.add(taken.get());
            }
        }
        return List.copyOf(pictures);
    }

    private List<Supplier<SessionReport.Picture>> taken(Station station) {
        List<Supplier<SessionReport.Picture>> pictures = new ArrayList<>();
        Set<ChartCard> seen = new HashSet<>();
        Theme.drawWith(
                ChartStyle.LIGHT,
                () ->
                        beside(
                                station,
                                view ->
                                        StationCards.visitTabs(
                                                view,
                                                () -> {
                                                    for (ChartCard card :
                                                            StationCards.visible(view)) {
                                                        if (seen.add(card)) {
                                                            take(station, card, pictures);
                                                        }
                                                    }
                                                })));
        return pictures;
    }

    private static void take(
            Station station, ChartCard card, List<Supplier<SessionReport.Picture>> pictures) {
        try {
            String heading = card.heading();
            String sentence = card.sentence();
            Supplier<String> svg = card.picture().svg();
            pictures.add(
                    () -> new SessionReport.Picture(station.title(), heading, sentence, svg.get()));
        } catch (UserException nothingToShow) {
            // A picture of what was never measured is left out.
        }
    }

    /** What is done with a station that has a place and a size. */
    @FunctionalInterface
    private interface Visit {
        void to(Parent view);
    }

    private void beside(Station station, Visit visit) {
        Node view = frame.view(station);
        if (view.getParent() != null) {
            visit.to((Parent) view);
            return;
        }
        StackPane place = new StackPane(view);
        Scene scene = new Scene(place, WIDTH, HEIGHT);
        scene.getStylesheets().add(Theme.sceneStylesheet());
        try {
            visit.to((Parent) view);
        } finally {
            place.getChildren().clear();
        }
    }
}
