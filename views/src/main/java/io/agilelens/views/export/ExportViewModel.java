package io.agilelens.views.export;

import io.agilelens.engine.export.ExportFormat;
import io.agilelens.engine.export.Losses;
import io.agilelens.engine.format.gguf.GgufType;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.Messages;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.beans.value.ObservableValue;

/** In which format the tuned model is to be written, and what that format would lose. */
final class ExportViewModel {

    /** The formats, before their options. */
    enum Kind {
        NATIVE,
        AWQ,
        GPTQ,
        COMPRESSED_TENSORS,
        GGUF
    }

    private final Recipe recipe;
    private final ModelConfig config;
    private final Path folder;
    private final String title;
    private final ObjectProperty<Kind> kind = new SimpleObjectProperty<>(Kind.NATIVE);
    private final ObjectProperty<Optional<GgufType>> type =
            new SimpleObjectProperty<>(Optional.empty());
    private final ObjectProperty<Integer> version = new SimpleObjectProperty<>(1);
    private final ObjectProperty<Optional<ExportFormat.Layout>> layout =
            new SimpleObjectProperty<>(Optional.empty());
    private final StringProperty target = new SimpleStringProperty("");
    private final BooleanProperty replace = new SimpleBooleanProperty(false);
    private final ReadOnlyObjectWrapper<List<String>> lost = new ReadOnlyObjectWrapper<>(List.of());
    private final ReadOnlyObjectWrapper<Optional<ExportRequest>> request =
            new ReadOnlyObjectWrapper<>(Optional.empty());
    private final ReadOnlyStringWrapper problem = new ReadOnlyStringWrapper("");

    /** The last name that was proposed; another one was chosen by a person. */
    private String proposed = "";

    /**
     * @param folder where exports are proposed to go
     * @param title of the model, for the name of the export
     */
    ExportViewModel(Recipe recipe, ModelConfig config, Path folder, String title) {
        this.recipe = recipe;
        this.config = config;
        this.folder = folder;
        this.title = title;
        kind.addListener((_, _, _) -> propose());
        for (ObservableValue<?> piece : List.of(kind, type, version, layout, target, replace)) {
            piece.addListener((_, _, _) -> read());
        }
        propose();
        read();
    }

    ObjectProperty<Kind> kindProperty() {
        return kind;
    }

    /** Type of the quantized linears in GGUF; empty for the one nearest to the recipe. */
    ObjectProperty<Optional<GgufType>> typeProperty() {
        return type;
    }

    /** Version of GPTQ's layout, 1 or 2. */
    ObjectProperty<Integer> versionProperty() {
        return version;
    }

    /** Layout of compressed-tensors; empty for the one that suits the recipe. */
    ObjectProperty<Optional<ExportFormat.Layout>> layoutProperty() {
        return layout;
    }

    /** Where to write, as it was typed. */
    StringProperty targetProperty() {
        return target;
    }

    BooleanProperty replaceProperty() {
        return replace;
    }

    /** What the recipe says and the format cannot hold. */
    ReadOnlyObjectProperty<List<String>> lostProperty() {
        return lost.getReadOnlyProperty();
    }

    /** What all pieces come to; empty while one of them is unusable. */
    ReadOnlyObjectProperty<Optional<ExportRequest>> requestProperty() {
        return request.getReadOnlyProperty();
    }

    /** What is unusable, in one line; empty if nothing is. */
    ReadOnlyStringProperty problemProperty() {
        return problem.getReadOnlyProperty();
    }

    void choose(ExportFormat format) {
        switch (format) {
            case ExportFormat.Native _ -> kind.set(Kind.NATIVE);
            case ExportFormat.Awq _ -> kind.set(Kind.AWQ);
            case ExportFormat.Gptq gptq -> {
                kind.set(Kind.GPTQ);
                version.set(gptq.version());
            }
            case ExportFormat.CompressedTensors compressed -> {
                kind.set(Kind.COMPRESSED_TENSORS);
                layout.set(compressed.layout());
            }
            case ExportFormat.Gguf gguf -> {
                kind.set(Kind.GGUF);
                type.set(gguf.type());
            }
        }
    }

    private ExportFormat format() {
        return switch (kind.get()) {
            case NATIVE -> new ExportFormat.Native();
            case AWQ -> new ExportFormat.Awq();
            case GPTQ -> new ExportFormat.Gptq(version.get());
            case COMPRESSED_TENSORS -> new ExportFormat.CompressedTensors(layout.get());
            case GGUF -> new ExportFormat.Gguf(type.get());
        };
    }

    /** A name after model and format, as long as nobody chose another. */
    private void propose() {
        if (target.get().equals(proposed)) {
            ExportFormat format = format();
            String name =
                    title.replaceFirst("\\.(gguf|bin|safetensors)$", "")
                            + (format.isFolder() ? "-" + format.id() : "-tuned.gguf");
            proposed = folder.resolve(name).toString();
            target.set(proposed);
        }
    }

    private void read() {
        ExportFormat format = format();
        lost.set(Losses.of(recipe, config, format));
        String text = target.get().strip();
        try {
            Path path = Path.of(text);
            if (text.isEmpty() || path.getFileName() == null) {
                throw new InvalidPathException(text, "");
            }
            problem.set("");
            request.set(Optional.of(new ExportRequest(format, path, replace.get())));
        } catch (InvalidPathException unusable) {
            problem.set(Messages.text("saving.problem.target"));
            request.set(Optional.empty());
        }
    }
}
