package io.agilelens.views.kernels;

import io.agilelens.engine.quant.PackedMultiplication;
import io.agilelens.engine.quant.PackedMultiplication.Carrier;
import io.agilelens.engine.quant.PackedMultiplication.Fields;
import io.agilelens.engine.quant.PackedMultiplication.Partial;
import io.agilelens.views.Messages;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;

/**
 * The 4-bit multiplier stepped by hand: operands, packing, one step for each bit of the activation,
 * taking the product apart, and then one more product a step until the sums collide.
 */
final class MultiplierViewModel {
    private static final PackedMultiplication FIRST =
            new PackedMultiplication(Carrier.INT16, -3, 5, 6, 4);

    private static final int PACKED = 1;

    /**
     * What is drawn after a step.
     *
     * @param rows from the operands down; the last belong to the step
     * @param fresh index of the first row that this step added
     * @param title the step in a few words
     * @param sentence what happens in it
     * @param collides whether sums of products no longer fit their fields
     * @param isFirst whether no step was done
     * @param sums products summed so far; 0 while the first is being made
     */
    record Picture(
            PackedMultiplication operands,
            List<BitRow> rows,
            int fresh,
            String title,
            String sentence,
            boolean collides,
            boolean isFirst,
            int sums) {}

    private final ReadOnlyObjectWrapper<Picture> picture = new ReadOnlyObjectWrapper<>();
    private PackedMultiplication operands = FIRST;
    private int step;

    MultiplierViewModel() {
        draw();
    }

    ReadOnlyObjectProperty<Picture> pictureProperty() {
        return picture.getReadOnlyProperty();
    }

    PackedMultiplication operands() {
        return operands;
    }

    /** Takes other operands; the step stays, as far as there is one. */
    void use(PackedMultiplication changed) {
        operands = changed;
        step = Math.min(step, last());
        draw();
    }

    /** Another carrier for the same operands. */
    void use(Carrier carrier) {
        use(
                new PackedMultiplication(
                        carrier,
                        operands.lower(),
                        operands.upper(),
                        operands.activation(),
                        operands.activationBits()));
    }

    void setLower(int weight) {
        use(
                new PackedMultiplication(
                        operands.carrier(),
                        weight,
                        operands.upper(),
                        operands.activation(),
                        operands.activationBits()));
    }

    void setUpper(int weight) {
        use(
                new PackedMultiplication(
                        operands.carrier(),
                        operands.lower(),
                        weight,
                        operands.activation(),
                        operands.activationBits()));
    }

    void setActivation(int activation) {
        use(
                new PackedMultiplication(
                        operands.carrier(),
                        operands.lower(),
                        operands.upper(),
                        activation,
                        operands.activationBits()));
    }

    /** Another width of the activation, which is brought into its range. */
    void setActivationBits(int bits) {
        int half = 1 << bits - 1;
        use(
                new PackedMultiplication(
                        operands.carrier(),
                        operands.lower(),
                        operands.upper(),
                        Math.clamp(operands.activation(), -half, half - 1),
                        bits));
    }

    void forward() {
        go(step + 1);
    }

    void back() {
        go(step - 1);
    }

    void toStart() {
        go(0);
    }

    /** To where the fields of the first product are read. */
    void toProduct() {
        go(product());
    }

    /** To the first sum that collides, or as far as anyone asks. */
    void toCollision() {
        go(last());
    }

    private void go(int wanted) {
        step = Math.clamp(wanted, 0, last());
        draw();
    }

    /** The step that reads the fields of the first product. */
    private int product() {
        return PACKED + operands.activationBits() + 1;
    }

    private int last() {
        OptionalInt collision = operands.collision();
        return product() + collision.orElse(PackedMultiplication.MOST_SUMS) - 1;
    }

    private void draw() {
        List<BitRow> rows = new ArrayList<>(operandRows());
        String key;
        int fresh = 0;
        int sums = Math.max(0, step - product() + 1);
        if (step >= PACKED) {
            fresh = rows.size();
            rows.addAll(packedRows());
        }
        if (step > PACKED && sums <= 1) {
            List<Partial> partials = operands.partials();
            int shown = Math.min(step - PACKED, partials.size());
            fresh = rows.size() + shown - 1;
            partials.subList(0, shown).forEach(partial -> rows.add(partialRow(partial)));
        }
        if (sums >= 1) {
            fresh = rows.size();
            rows.addAll(sumRows(sums));
        }
        if (step == 0) {
            key = "operands";
        } else if (step == PACKED) {
            key = "pack";
        } else if (sums == 0) {
            key = "partial";
        } else {
            key = sums == 1 ? "product" : "sum";
        }
        boolean collides = sums >= 1 && !operands.holds(sums);
        picture.set(
                new Picture(
                        operands,
                        List.copyOf(rows),
                        fresh,
                        title(key, sums),
                        sentence(key, sums, collides),
                        collides,
                        step == 0,
                        sums));
    }

    private List<BitRow> operandRows() {
        int field = operands.carrier().fieldBits();
        int bits = PackedMultiplication.WEIGHT_BITS;
        return List.of(
                new BitRow(
                        Messages.text("multiplier.upper"),
                        number(operands.upper()),
                        operands.upper(),
                        bits,
                        step == 0 ? 0 : field,
                        BitRow.Kind.UPPER),
                new BitRow(
                        Messages.text("multiplier.lower"),
                        number(operands.lower()),
                        operands.lower(),
                        bits,
                        0,
                        BitRow.Kind.LOWER),
                new BitRow(
                        Messages.text("multiplier.activation"),
                        number(operands.activation()),
                        operands.activation(),
                        operands.activationBits(),
                        0,
                        BitRow.Kind.ACTIVATION));
    }

    private List<BitRow> packedRows() {
        List<BitRow> rows = new ArrayList<>();
        rows.add(
                new BitRow(
                        Messages.text("multiplier.packed"),
                        Messages.text(
                                "multiplier.packed.value",
                                number(operands.packed()),
                                number(operands.upper()),
                                power(),
                                signed(operands.lower())),
                        operands.packed(),
                        operands.carrier().bits(),
                        0,
                        BitRow.Kind.FIELDS));
        addFloat(rows, operands.packed());
        return rows;
    }

    /** How a float stores a number. */
    private void addFloat(List<BitRow> rows, int value) {
        if (operands.carrier() == Carrier.FLOAT) {
            int bits = Float.floatToRawIntBits(value);
            int exponent = (bits >> 23 & 0xFF) - 127;
            rows.add(
                    new BitRow(
                            Messages.text("multiplier.float"),
                            value == 0
                                    ? "0"
                                    : Messages.text(
                                            "multiplier.float.value",
                                            value < 0 ? "−" : "+",
                                            Integer.toString(exponent)),
                            bits,
                            Float.SIZE,
                            0,
                            BitRow.Kind.IEEE));
        }
    }

    private BitRow partialRow(Partial partial) {
        boolean sign = partial.bit() == operands.activationBits() - 1;
        String bit = Integer.toString(partial.bit());
        return new BitRow(
                Messages.text(
                        partial.set()
                                ? sign ? "multiplier.partial.minus" : "multiplier.partial.plus"
                                : "multiplier.partial.nothing",
                        bit),
                partial.set() ? number(partial.term()) : "0",
                partial.term(),
                operands.carrier().bits(),
                0,
                partial.set() ? BitRow.Kind.FIELDS : BitRow.Kind.NOTHING);
    }

    private List<BitRow> sumRows(int sums) {
        boolean collides = !operands.holds(sums);
        int width = operands.carrier().bits();
        int field = operands.carrier().fieldBits();
        List<BitRow> rows = new ArrayList<>();
        if (sums > 1) {
            rows.add(sumRow(sums - 1, width, false));
            rows.add(
                    new BitRow(
                            Messages.text("multiplier.another"),
                            number(operands.sum(1)),
                            operands.sum(1),
                            width,
                            0,
                            BitRow.Kind.FIELDS));
        }
        rows.add(sumRow(sums, width, collides));
        addFloat(rows, operands.sum(sums));
        Fields split = operands.split(sums);
        Fields exact = operands.exact(sums);
        rows.add(
                new BitRow(
                        Messages.text("multiplier.split.upper"),
                        read(split.upper(), exact.upper()),
                        split.upper(),
                        field,
                        0,
                        BitRow.Kind.UPPER,
                        split.upper() != exact.upper()));
        rows.add(
                new BitRow(
                        Messages.text("multiplier.split.lower"),
                        read(split.lower(), exact.lower()),
                        split.lower(),
                        field,
                        0,
                        BitRow.Kind.LOWER,
                        split.lower() != exact.lower()));
        return rows;
    }

    private BitRow sumRow(int sums, int width, boolean collides) {
        int sum = operands.sum(sums);
        return new BitRow(
                sums == 1
                        ? Messages.text("multiplier.product")
                        : Messages.text("multiplier.sum", Integer.toString(sums)),
                number(sum),
                sum,
                width,
                0,
                BitRow.Kind.FIELDS,
                collides);
    }

    private static String read(int read, int exact) {
        return read == exact
                ? number(read)
                : Messages.text("multiplier.split.wrong", number(read), number(exact));
    }

    private String title(String key, int sums) {
        return switch (key) {
            case "partial" ->
                    Messages.text(
                            "multiplier.title.partial",
                            Integer.toString(step - PACKED),
                            Integer.toString(operands.activationBits()));
            case "sum" -> Messages.text("multiplier.title.sum", Integer.toString(sums));
            default -> Messages.text("multiplier.title." + key);
        };
    }

    private String sentence(String key, int sums, boolean collides) {
        Fields exact = operands.exact(Math.max(1, sums));
        return switch (key) {
            case "operands" ->
                    Messages.text(
                            "multiplier.sentence.operands",
                            number(operands.upper()),
                            number(operands.lower()),
                            number(operands.activation()));
            case "pack" -> {
                String pack =
                        Messages.text(
                                "multiplier.sentence.pack." + operands.carrier(),
                                Integer.toString(operands.carrier().fieldBits()));
                yield operands.lower() < 0
                        ? pack + " " + Messages.text("multiplier.sentence.borrow")
                        : pack;
            }
            case "partial" -> partialSentence();
            default -> sumSentence(key, sums, exact, collides);
        };
    }

    private String partialSentence() {
        Partial partial = operands.partials().get(step - PACKED - 1);
        boolean sign = partial.bit() == operands.activationBits() - 1;
        String bit = Integer.toString(partial.bit());
        if (!partial.set()) {
            return Messages.text("multiplier.sentence.nothing", bit);
        }
        return Messages.text(sign ? "multiplier.sentence.minus" : "multiplier.sentence.plus", bit);
    }

    private String sumSentence(String key, int sums, Fields exact, boolean collides) {
        String largest = number(operands.largestSum());
        if (collides) {
            Fields split = operands.split(sums);
            boolean lower = Math.abs(exact.lower()) > operands.largestSum();
            return Messages.text(
                    sums == 1
                            ? "multiplier.collision.one"
                            : lower ? "multiplier.collision" : "multiplier.collision.upper",
                    Integer.toString(sums),
                    Messages.text(lower ? "multiplier.field.lower" : "multiplier.field.upper"),
                    number(lower ? exact.lower() : exact.upper()),
                    largest,
                    number(split.upper()),
                    number(split.lower()),
                    number(exact.upper()),
                    number(exact.lower()));
        }
        OptionalInt collision = operands.collision();
        String room =
                collision.isPresent()
                        ? Messages.text("multiplier.room", collision.getAsInt() - 1, largest)
                        : Messages.text("multiplier.room.endless");
        return Messages.text(
                        "multiplier.sentence." + key + "." + operands.carrier(),
                        number(exact.upper()),
                        number(exact.lower()),
                        power(),
                        Integer.toString(sums))
                + " "
                + room;
    }

    private String power() {
        return Integer.toString(1 << operands.carrier().fieldBits());
    }

    private static String number(int value) {
        return value < 0 ? "−" + -value : Integer.toString(value);
    }

    private static String signed(int value) {
        return value < 0 ? "− " + -value : "+ " + value;
    }
}
