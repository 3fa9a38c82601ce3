package io.agilelens.app.window;

import io.agilelens.views.Messages;
import io.agilelens.views.attention.AttentionView;
import io.agilelens.views.compare.CompareView;
import io.agilelens.views.kernels.KernelsView;
import io.agilelens.views.lessons.LessonsView;
import io.agilelens.views.lessons.LessonsViewModel;
import io.agilelens.views.model.ModelView;
import io.agilelens.views.outliers.OutliersView;
import io.agilelens.views.quality.QualityView;
import io.agilelens.views.tokens.TokensView;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import javafx.scene.Node;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.feather.Feather;

/** The stations in the order people work in: load, look, tune, measure, compare, learn. */
final class Stations {

    private Stations() {}

    static List<Station> of(
            Workbench workbench, WorkbenchActions actions, LessonsViewModel lessons) {
        List<Station> stations = new ArrayList<>();
        Collections.addAll(
                stations,
                station("model", Feather.BOX, () -> new ModelView(workbench, actions)),
                station("outliers", Feather.GRID, () -> new OutliersView(workbench, actions)),
                station("attention", Feather.EYE, () -> new AttentionView(workbench, actions)),
                station("tokens", Feather.TYPE, () -> new TokensView(workbench, actions)),
                station("quality", Feather.ACTIVITY, () -> new QualityView(workbench, actions)),
                station("kernels", Feather.CPU, () -> new KernelsView(workbench, actions)),
                station("compare", Feather.COLUMNS, () -> new CompareView(workbench, actions)),
                station("lessons", Feather.BOOK_OPEN, () -> new LessonsView(workbench, lessons)));
        for (AddedStation added : ServiceLoader.load(AddedStation.class)) {
            stations.add(added.station(workbench, actions));
        }
        return List.copyOf(stations);
    }

    private static Station station(String id, Ikon icon, Supplier<Node> view) {
        return new Station(
                id,
                Messages.text(id + ".title"),
                Messages.text("action.station.help." + id),
                icon,
                view);
    }
}
