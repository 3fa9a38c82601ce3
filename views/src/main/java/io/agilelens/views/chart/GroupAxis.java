package io.agilelens.views.chart;

import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.util.List;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.SymbolAxis;
import org.jfree.chart.text.TextUtils;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;

/**
 * The axis below groups of bars. Names that would touch each other are broken at their hyphens and
 * spaces, and stand upright where that is not enough; numbers thin out instead.
 */
final class GroupAxis extends SymbolAxis {
    private static final long serialVersionUID = 1L;

    private static final String BREAK = "(?<=[- ])";
    private static final String NUMBER = "[-−]?\\d.*";

    /** How names are set. */
    private enum Setting {
        WHOLE,
        BROKEN,
        UPRIGHT;

        List<String> lines(String name) {
            return this == BROKEN ? List.of(name.split(BREAK)) : List.of(name);
        }
    }

    GroupAxis(String title, List<String> names) {
        super(title, names.toArray(String[]::new));
        setGridBandsVisible(false);
        setTickMarksVisible(false);
    }

    private List<String> names() {
        return List.of(getSymbols());
    }

    private FontMetrics type(Graphics2D graphics) {
        return graphics.getFontMetrics(getTickLabelFont());
    }

    /** From the middle of one group to that of the next. */
    private double step(Rectangle2D area) {
        return area.getWidth() / getRange().getLength();
    }

    private Setting setting(FontMetrics type, Rectangle2D area) {
        if (names().stream().allMatch(name -> name.matches(NUMBER))
                || across(Setting.WHOLE, type) <= step(area)) {
            return Setting.WHOLE;
        }
        return across(Setting.BROKEN, type) <= step(area) ? Setting.BROKEN : Setting.UPRIGHT;
    }

    /** How wide the widest name is, with what keeps it apart from the next one. */
    private double across(Setting setting, FontMetrics type) {
        return setting == Setting.UPRIGHT ? type.getHeight() : widest(setting, type) + gap(type);
    }

    private double widest(Setting setting, FontMetrics type) {
        return names().stream()
                .flatMap(name -> setting.lines(name).stream())
                .mapToDouble(type::stringWidth)
                .max()
                .orElse(0);
    }

    private static double gap(FontMetrics type) {
        return type.stringWidth("  ");
    }

    /** How far the names reach down. */
    private double height(Setting setting, FontMetrics type) {
        if (setting == Setting.UPRIGHT) {
            return widest(setting, type);
        }
        int lines = names().stream().mapToInt(name -> setting.lines(name).size()).max().orElse(1);
        return lines * type.getHeight();
    }

    @Override
    @SuppressWarnings("rawtypes")
    protected double findMaximumTickLabelHeight(
            List ticks, Graphics2D graphics, Rectangle2D area, boolean vertical) {
        FontMetrics type = type(graphics);
        return getTickLabelInsets().extendHeight(height(setting(type, area), type));
    }

    @Override
    protected AxisState drawTickMarksAndLabels(
            Graphics2D graphics,
            double cursor,
            Rectangle2D plot,
            Rectangle2D area,
            RectangleEdge edge) {
        FontMetrics type = type(graphics);
        Setting setting = setting(type, area);
        graphics.setFont(getTickLabelFont());
        graphics.setPaint(getTickLabelPaint());
        List<String> names = names();
        double top = cursor + getTickLabelInsets().getTop();
        int stride = Math.max(1, (int) Math.ceil(across(setting, type) / step(area)));
        for (int group = 0; group < names.size(); group += stride) {
            if (getRange().contains(group)) {
                double x = valueToJava2D(group, area, edge);
                draw(graphics, names.get(group), setting, (float) x, (float) top);
            }
        }
        AxisState state = new AxisState(cursor);
        state.cursorDown(getTickLabelInsets().extendHeight(height(setting, type)));
        return state;
    }

    private void draw(Graphics2D graphics, String name, Setting setting, float x, float top) {
        if (setting == Setting.UPRIGHT) {
            AffineTransform lying = graphics.getTransform();
            graphics.rotate(-Math.PI / 2, x, top);
            TextUtils.drawAlignedString(name, graphics, x, top, TextAnchor.CENTER_RIGHT);
            graphics.setTransform(lying);
            return;
        }
        float y = top;
        for (String line : setting.lines(name)) {
            TextUtils.drawAlignedString(line.strip(), graphics, x, y, TextAnchor.TOP_CENTER);
            y += type(graphics).getHeight();
        }
    }
}
