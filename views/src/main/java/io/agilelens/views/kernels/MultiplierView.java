package io.agilelens.views.kernels;

import io.agilelens.engine.quant.PackedMultiplication;
import io.agilelens.engine.quant.PackedMultiplication.Carrier;
import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.ChartCard;
import java.util.Locale;
import java.util.function.IntConsumer;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Spinner;
import javafx.scene.control.SpinnerValueFactory.IntegerSpinnerValueFactory;
import javafx.scene.control.ToggleButton;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;
import org.controlsfx.control.SegmentedButton;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/**
 * Two products by one multiplication, bit by bit: operands are typed, steps go forward and back by
 * buttons or by the arrow keys in the picture.
 */
final class MultiplierView extends VBox {
    private static final double SPINNER = 82;
    private static final double SENTENCE = 52;

    private final MultiplierViewModel model = new MultiplierViewModel();
    private final BitPicture picture = new BitPicture();
    private final Spinner<Integer> upper = spinner("upper", PackedMultiplication.WEIGHT_BITS);
    private final Spinner<Integer> lower = spinner("lower", PackedMultiplication.WEIGHT_BITS);
    private final Spinner<Integer> activation = spinner("activation", 4);
    private final Label title = new Label();
    private final Label sentence = new Label();
    private boolean showing;

    MultiplierView() {
        super(8);
        setId("multiplier");
        picture.setId("multiplier-bits");
        picture.addEventHandler(KeyEvent.KEY_PRESSED, this::press);
        picture.setOnMouseClicked(_ -> picture.requestFocus());
        onChange(upper, model::setUpper);
        onChange(lower, model::setLower);
        onChange(activation, model::setActivation);
        title.setId("multiplier-title");
        title.getStyleClass().add("card-heading");
        Button start = step(Feather.CHEVRONS_LEFT, "start", model::toStart);
        Button back = step(Feather.CHEVRON_LEFT, "back", model::back);
        Button forward = step(Feather.CHEVRON_RIGHT, "forward", model::forward);
        Button product = verb("product", model::toProduct);
        Button collision = verb("collision", model::toCollision);
        HBox steps = new HBox(4, start, back, forward, product, collision, title);
        steps.setAlignment(Pos.CENTER_LEFT);
        HBox.setMargin(title, new javafx.geometry.Insets(0, 0, 0, 8));
        sentence.setId("multiplier-sentence");
        sentence.setWrapText(true);
        sentence.setAlignment(Pos.TOP_LEFT);
        // Room for its longest, so that the picture stays where it is.
        sentence.setMinHeight(SENTENCE);
        ChartCard card = ChartCard.of("multiplier", picture);
        VBox.setVgrow(card, Priority.ALWAYS);
        getChildren().addAll(operands(), steps, sentence, card);
        setMinSize(0, 0);
        model.pictureProperty()
                .subscribe(
                        now -> {
                            show(now);
                            start.setDisable(now.isFirst());
                            back.setDisable(now.isFirst());
                            forward.setDisable(now.collides());
                            collision.setDisable(
                                    now.collides() || now.operands().collision().isEmpty());
                        });
    }

    private void show(MultiplierViewModel.Picture now) {
        showing = true;
        PackedMultiplication operands = now.operands();
        int half = 1 << operands.activationBits() - 1;
        IntegerSpinnerValueFactory range =
                (IntegerSpinnerValueFactory) activation.getValueFactory();
        range.setMin(-half);
        range.setMax(half - 1);
        upper.getValueFactory().setValue(operands.upper());
        lower.getValueFactory().setValue(operands.lower());
        range.setValue(operands.activation());
        showing = false;
        title.setText(now.title());
        sentence.setText(now.sentence());
        picture.show(now);
    }

    private FlowPane operands() {
        FlowPane operands =
                new FlowPane(
                        16,
                        8,
                        carriers(),
                        named("upper", upper),
                        named("lower", lower),
                        named("activation", activation),
                        widths());
        operands.setMinHeight(Region.USE_PREF_SIZE);
        return operands;
    }

    private static HBox named(String key, Node control) {
        Label name = new Label(Messages.text("multiplier." + key));
        name.setLabelFor(control);
        HBox named = new HBox(8, name, control);
        named.setAlignment(Pos.CENTER_LEFT);
        return named;
    }

    private SegmentedButton carriers() {
        SegmentedButton carriers = new SegmentedButton();
        carriers.getStyleClass().add("choice-switch");
        for (Carrier carrier : Carrier.values()) {
            ToggleButton button = new ToggleButton(Messages.text("multiplier.carrier." + carrier));
            button.setId("carrier-" + carrier.name().toLowerCase(Locale.ROOT));
            Help.wrapped(button, Messages.text("multiplier.carrier." + carrier + ".help"));
            button.setSelected(carrier == model.operands().carrier());
            button.setOnAction(
                    _ -> {
                        button.setSelected(true);
                        model.use(carrier);
                    });
            carriers.getButtons().add(button);
        }
        return carriers;
    }

    private SegmentedButton widths() {
        SegmentedButton widths = new SegmentedButton();
        widths.getStyleClass().add("choice-switch");
        for (int bits : new int[] {4, 8}) {
            ToggleButton button =
                    new ToggleButton(
                            Messages.text("multiplier.activation.bits", Integer.toString(bits)));
            button.setId("activation-bits-" + bits);
            Help.wrapped(button, Messages.text("multiplier.activation.bits.help"));
            button.setSelected(bits == model.operands().activationBits());
            button.setOnAction(
                    _ -> {
                        button.setSelected(true);
                        model.setActivationBits(bits);
                    });
            widths.getButtons().add(button);
        }
        return widths;
    }

    private static Spinner<Integer> spinner(String key, int bits) {
        int half = 1 << bits - 1;
        Spinner<Integer> spinner = new Spinner<>(-half, half - 1, 0);
        spinner.setId("multiplier-" + key);
        spinner.setEditable(true);
        spinner.setPrefWidth(SPINNER);
        spinner.setAccessibleText(Messages.text("multiplier." + key));
        Help.wrapped(spinner, Messages.text("multiplier." + key + ".help"));
        IntegerSpinnerValueFactory range = (IntegerSpinnerValueFactory) spinner.getValueFactory();
        // What is no number changes nothing; what is too large becomes the largest. The spinner
        // would also see to that, but only when it has told everybody what was typed.
        range.setConverter(
                new StringConverter<>() {
                    @Override
                    public String toString(Integer value) {
                        return value == null ? "" : value.toString();
                    }

                    @Override
                    public Integer fromString(String text) {
                        try {
                            int typed = Integer.parseInt(text.strip().replace('−', '-'));
                            return Math.clamp(typed, range.getMin(), range.getMax());
                        } catch (NumberFormatException e) {
                            return spinner.getValue();
                        }
                    }
                });
        return spinner;
    }

    private void onChange(Spinner<Integer> spinner, IntConsumer change) {
        spinner.valueProperty()
                .addListener(
                        (_, _, now) -> {
                            if (!showing && now != null) {
                                change.accept(now);
                            }
                        });
    }

    private static Button step(Feather icon, String key, Runnable action) {
        Button button = new Button(null, new FontIcon(icon));
        button.setId("multiplier-" + key);
        button.getStyleClass().addAll("flat", "icon-button");
        button.setAccessibleText(Messages.text("multiplier." + key));
        Help.on(button, Messages.text("multiplier." + key));
        button.setOnAction(_ -> action.run());
        return button;
    }

    private static Button verb(String key, Runnable action) {
        Button button = new Button(Messages.text("multiplier.to." + key));
        button.setId("multiplier-to-" + key);
        button.getStyleClass().add("small");
        Help.wrapped(button, Messages.text("multiplier.to." + key + ".help"));
        button.setOnAction(_ -> action.run());
        return button;
    }

    private void press(KeyEvent event) {
        switch (event.getCode()) {
            case LEFT, DOWN -> model.back();
            case RIGHT, UP -> model.forward();
            case HOME -> model.toStart();
            case END -> model.toCollision();
            default -> {
                return;
            }
        }
        event.consume();
    }
}
