package io.agilelens.app;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A picture of what imports what, drawn from the compiled classes: the engine's packages and the
 * other modules, each above everything that it imports. Lines that others imply are left out.
 */
final class ModulePicture {
    private static final String ROOT = "io.agilelens.";
    private static final String ENGINE = "engine";

    private static final int WIDTH = 112;
    private static final int HEIGHT = 34;
    private static final int COLUMN = 136;
    private static final int ROW = 74;
    private static final int MARGIN = 24;

    private final TreeMap<String, Set<String>> imports = new TreeMap<>();
    private final Map<String, Integer> ranks = new HashMap<>();

    private ModulePicture(JavaClasses classes) {
        for (JavaClass type : classes) {
            String from = node(type.getPackageName());
            if (from == null) {
                continue;
            }
            imports.putIfAbsent(from, new TreeSet<>());
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                String to = node(dependency.getTargetClass().getPackageName());
                if (to != null && !to.equals(from)) {
                    imports.get(from).add(to);
                    imports.putIfAbsent(to, new TreeSet<>());
                }
            }
        }
        imports.keySet().forEach(node -> rank(node, new HashSet<>()));
    }

    /** As SVG text. */
    static String of(JavaClasses classes) {
        return new ModulePicture(classes).draw();
    }

    /** What a package belongs to: a package of the engine, or a module; null for others. */
    private static String node(String name) {
        if (!name.startsWith(ROOT)) {
            return null;
        }
        String[] parts = name.substring(ROOT.length()).split("\\.");
        if (!parts[0].equals(ENGINE)) {
            return parts[0];
        }
        // What lies in the engine's own package is usable everywhere.
        return parts.length == 1 ? null : parts[1];
    }

    /** How many steps it is above what imports nothing. */
    private int rank(String node, Set<String> above) {
        if (!above.add(node)) {
            throw new IllegalStateException("packages import each other: " + above);
        }
        Integer known = ranks.get(node);
        if (known == null) {
            known = 0;
            for (String below : imports.get(node)) {
                known = Math.max(known, 1 + rank(below, above));
            }
            ranks.put(node, known);
        }
        above.remove(node);
        return known;
    }

    private boolean reaches(String from, String to) {
        return imports.get(from).stream().anyMatch(next -> next.equals(to) || reaches(next, to));
    }

    private String draw() {
        int rows = 1 + ranks.values().stream().max(Integer::compare).orElse(0);
        List<List<String>> byRow = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            int rank = rows - 1 - row;
            byRow.add(imports.keySet().stream().filter(n -> ranks.get(n) == rank).toList());
        }
        int columns = byRow.stream().mapToInt(List::size).max().orElse(1);
        Map<String, double[]> places = new HashMap<>();
        for (int row = 0; row < rows; row++) {
            List<String> nodes = byRow.get(row);
            // Neighbouring rows are shifted, so that lines pass between the boxes.
            double left =
                    MARGIN + (columns - nodes.size()) * COLUMN / 2.0 + (row % 2) * COLUMN / 2.0;
            for (int i = 0; i < nodes.size(); i++) {
                places.put(nodes.get(i), new double[] {left + i * COLUMN, MARGIN + row * ROW});
            }
        }
        StringBuilder svg = new StringBuilder();
        int width = (int) (2 * MARGIN + columns * COLUMN + COLUMN / 2.0);
        int height = 2 * MARGIN + (rows - 1) * ROW + HEIGHT;
        svg.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">\n"
                        .formatted(width, height, width, height));
        svg.append(
                "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n".formatted(width, height));
        imports.forEach(
                (from, all) -> {
                    for (String to : all) {
                        boolean implied =
                                all.stream()
                                        .anyMatch(next -> !next.equals(to) && reaches(next, to));
                        if (!implied) {
                            svg.append(line(places.get(from), places.get(to)));
                        }
                    }
                });
        places.keySet().stream().sorted().forEach(node -> svg.append(box(node, places.get(node))));
        return svg.append("</svg>\n").toString();
    }

    private static String line(double[] from, double[] to) {
        double x1 = from[0] + WIDTH / 2.0;
        double y1 = from[1] + HEIGHT;
        double x2 = to[0] + WIDTH / 2.0;
        double y2 = to[1];
        double bend = (y2 - y1) / 2;
        return "<path d=\"M%.0f %.0f C%.0f %.0f %.0f %.0f %.0f %.0f\" fill=\"none\" stroke=\"#8794a8\" stroke-width=\"1.3\"/>\n"
                .formatted(x1, y1, x1, y1 + bend, x2, y2 - bend, x2, y2);
    }

    private static String box(String node, double[] place) {
        boolean module = Set.of("app", "views", "resources", "samples").contains(node);
        return "<rect x=\"%.0f\" y=\"%.0f\" width=\"%d\" height=\"%d\" rx=\"6\" fill=\"%s\" stroke=\"#3d5a80\"/>\n<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\" fill=\"#14213d\">%s</text>\n"
                .formatted(
                        place[0],
                        place[1],
                        WIDTH,
                        HEIGHT,
                        module ? "#ffe8c2" : "#e3edf7",
                        place[0] + WIDTH / 2.0,
                        place[1] + HEIGHT / 2.0 + 5,
                        node);
    }
}
