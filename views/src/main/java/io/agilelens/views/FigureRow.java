package io.agilelens.views;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javafx.scene.control.Label;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.VBox;

/** Figures side by side, each under its name and explained by a tooltip. */
public final class FigureRow extends FlowPane {
    private final String prefix;
    private final Map<String, Label> values = new LinkedHashMap<>();
    private final Map<String, Label> names = new LinkedHashMap<>();

    /**
     * @param prefix of the texts: {@code PREFIX.KEY} names a figure, {@code PREFIX.KEY.help}
     *     explains it
     */
    public FigureRow(String prefix, List<String> keys) {
        super(24, 4);
        this.prefix = prefix;
        getStyleClass().add("figure-row");
        for (String key : keys) {
            Label name = new Label(Messages.text(prefix + "." + key));
            name.getStyleClass().addAll("small", "muted");
            Label value = new Label(Figures.NONE);
            value.setId(prefix + "." + key);
            explain(key, name, value, Messages.text(prefix + "." + key + ".help"));
            values.put(key, value);
            names.put(key, name);
            getChildren().add(new VBox(name, value));
        }
    }

    /** Calls a figure otherwise and explains it anew. */
    public void rename(String key, String name, String help) {
        names.get(key).setText(name);
        explain(key, names.get(key), values.get(key), help);
    }

    private void explain(String key, Label name, Label value, String help) {
        LessonLinks.explain(name, prefix + "." + key, help);
        Help.wrapped(value, help);
    }

    /** Writes a figure. */
    public void set(String key, String value) {
        values.get(key).setText(value);
    }

    /** The baseline's figure and the tuned model's, or one where they read alike. */
    public void set(String key, String baseline, String tuned) {
        set(key, baseline.equals(tuned) ? baseline : baseline + " → " + tuned);
    }

    /**
     * The same of numbers, with the same decimals.
     *
     * @param unit of both, or empty
     */
    public void set(String key, double baseline, double tuned, String unit) {
        List<String> both = Figures.alike(baseline, tuned);
        String end = unit.isEmpty() ? "" : " " + unit;
        set(key, both.getFirst() + end, both.getLast() + end);
    }
}
