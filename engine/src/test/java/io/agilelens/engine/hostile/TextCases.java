package io.agilelens.engine.hostile;

import static io.agilelens.engine.hostile.Build.TOKENIZER;
import static io.agilelens.engine.hostile.Build.link;
import static io.agilelens.engine.hostile.Build.llamaWith;
import static io.agilelens.engine.hostile.Build.longText;
import static io.agilelens.engine.hostile.Build.pipe;
import static io.agilelens.engine.hostile.Build.with;

import io.agilelens.engine.fuzz.FolderImage;
import io.agilelens.engine.fuzz.SeedModels;
import io.agilelens.engine.fuzz.Visit;
import io.agilelens.engine.recipe.RecipeJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** The JSON files beside the weights: tokenizers, recipes, the manifest of a bundle. */
final class TextCases {
    private static final String RECIPE = "recipe.json";
    private static final String MANIFEST = "bundle.json";
    private static final String TRIP =
            "{\"weights\":{\"method\":\"rtn\",\"bits\":3,\"group\":5},\"activations\":{\"method\":\"trip\",\"bits\":4},\"softmax\":{\"method\":\"log2\",\"bits\":4}}";

    private TextCases() {}

    private static HostileCase tokenizer(String name, HostileCase.Builder builder) {
        return HostileCase.refused(name, "", Visit::tokenizer, builder);
    }

    private static HostileCase tokenizer(String name, String key, String json) {
        return tokenizer(
                name,
                llamaWith(
                        TOKENIZER,
                        root ->
                                root.set(
                                        key,
                                        JsonMapper.shared().readTree(json.replace('\'', '"')))));
    }

    static List<HostileCase> tokenizers() {
        return List.of(
                tokenizer(
                        "no tokenizer",
                        folder -> {
                            SeedModels.llama().writeTo(folder);
                            Files.delete(folder.resolve(TOKENIZER));
                        }),
                tokenizer(
                        "tokenizer.json a pipe",
                        folder -> {
                            SeedModels.llama().writeTo(folder);
                            pipe(folder.resolve(TOKENIZER));
                        }),
                tokenizer("no JSON", llamaWith(TOKENIZER, "hello")),
                tokenizer("an empty object", llamaWith(TOKENIZER, "{}")),
                tokenizer("no vocabulary", "model", "{'type':'BPE','vocab':[],'merges':[]}"),
                tokenizer("an unknown model", "model", "{'type':'Unigram','vocab':[['a',0]]}"),
                tokenizer("a negative id", "model", "{'type':'BPE','vocab':{'a':-1},'merges':[]}"),
                tokenizer(
                        "an id of 2^31",
                        "model",
                        "{'type':'BPE','vocab':{'a':2147483648},'merges':[]}"),
                tokenizer(
                        "an id beyond any vocabulary",
                        "model",
                        "{'type':'BPE','vocab':{'a':16777216},'merges':[]}"),
                tokenizer(
                        "a merge of unknown tokens",
                        "model",
                        "{'type':'BPE','vocab':{'a':0},'merges':['b c']}"),
                tokenizer(
                        "dropout",
                        "model",
                        "{'type':'BPE','vocab':{'a':0},'merges':[],'dropout':0.1}"),
                tokenizer(
                        "a regular expression that never ends",
                        "pre_tokenizer",
                        "{'type':'Split','pattern':{'Regex':'(x+x+)+y'},'behavior':'Isolated','invert':false}"),
                tokenizer(
                        "a chunk length of zero",
                        "pre_tokenizer",
                        "{'type':'FixedLength','length':0}"),
                tokenizer(
                        "a template that uses an unknown token",
                        "post_processor",
                        "{'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'<s>','type_id':0}}],'pair':[],'special_tokens':{}}"),
                tokenizer("an unknown step", "normalizer", "{'type':'a\\nb'}"),
                tokenizer(
                        "nested sequences of steps",
                        "normalizer",
                        "{'type':'Sequence','normalizers':[".repeat(40) + "]}".repeat(40)),
                tokenizer(
                        "a million merges of nothing",
                        folder -> {
                            SeedModels.llama().writeTo(folder);
                            longText(
                                    folder.resolve(TOKENIZER),
                                    "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[",
                                    1_000_000,
                                    i -> "[]",
                                    "]}}");
                        }),
                tokenizer(
                        "64 MB of empty arrays",
                        folder -> {
                            SeedModels.llama().writeTo(folder);
                            longText(
                                    folder.resolve(TOKENIZER),
                                    "{\"a\":[",
                                    22_000_000,
                                    i -> "[]",
                                    "]}");
                        }),
                tokenizer(
                        "tokenizer_config.json that is no JSON",
                        llamaWith("tokenizer_config.json", "hello")));
    }

    private static HostileCase recipe(String name, HostileCase.Builder builder) {
        return HostileCase.refused(name, RECIPE, RecipeJson::read, builder);
    }

    private static HostileCase recipe(String name, String json) {
        return recipe(
                name, folder -> Files.writeString(folder.resolve(RECIPE), json.replace('\'', '"')));
    }

    static List<HostileCase> recipes() {
        return List.of(
                recipe("no such file", folder -> {}),
                recipe(
                        "a folder in its place",
                        folder -> Files.createDirectory(folder.resolve(RECIPE))),
                recipe("a pipe", folder -> pipe(folder.resolve(RECIPE))),
                recipe(
                        "an endless device",
                        folder -> link(folder.resolve(RECIPE), Path.of("/dev/zero"))),
                recipe("no bytes", ""),
                recipe(
                        "bytes that are no text",
                        folder ->
                                Files.write(folder.resolve(RECIPE), new byte[] {'{', (byte) 0xFF})),
                recipe("larger than allowed", "'" + "x".repeat(1 << 20) + "'"),
                recipe("nested a hundred thousand deep", "[".repeat(100_000)),
                recipe("a number", "7"),
                recipe("an unknown key", "{'a\\nb':1}"),
                recipe("a key twice", "{'weights':{},'weights':{}}"),
                recipe("something behind it", "{} x"),
                recipe("bits 2^31", "{'weights':{'bits':2147483648}}"),
                recipe("bits 99", "{'weights':{'bits':99}}"),
                recipe("group 0", "{'weights':{'group':0}}"),
                recipe("β 1e400", "{'pruning':{'beta':1e400}}"),
                recipe("β NaN", "{'pruning':{'beta':NaN}}"),
                recipe("an unknown method", "{'weights':{'method':'magic'}}"),
                recipe("a layer before the first", "{'pruning':{'layers':[-1]}}"),
                recipe("an unknown site", "{'overrides':[{'sites':['NOWHERE']}]}"),
                recipe("overrides that are no list", "{'overrides':{}}"));
    }

    private static HostileCase manifest(FolderImage bundle, String name, String from, String to) {
        return HostileCase.refused(
                name,
                "",
                Visit::bundle,
                folder -> {
                    bundle.writeTo(folder);
                    Path file = folder.resolve(MANIFEST);
                    String text = Files.readString(file);
                    String changed = text.replace(from.replace('\'', '"'), to.replace('\'', '"'));
                    if (changed.equals(text)) {
                        throw new IllegalStateException("nothing to change: " + text);
                    }
                    Files.writeString(file, changed);
                });
    }

    static List<HostileCase> bundles() {
        FolderImage bundle = SeedModels.bundle(TRIP);
        List<HostileCase> cases = new ArrayList<>();
        cases.add(manifest(bundle, "a later version", "'version' : 1", "'version' : 99"));
        cases.add(manifest(bundle, "bits 0", "'bits' : 3", "'bits' : 0"));
        cases.add(manifest(bundle, "bits that the codes do not have", "'bits' : 3", "'bits' : 4"));
        cases.add(manifest(bundle, "an unknown quantizer", "'trip'", "'trap'"));
        cases.add(manifest(bundle, "an unknown softmax", "'log2'", "'log3'"));
        cases.add(
                manifest(bundle, "layers that are none", "'layers' : [", "'layers' : {}, 'x' : ["));
        cases.add(
                HostileCase.refused(
                        "no such manifest",
                        "",
                        Visit::bundle,
                        folder -> {
                            bundle.writeTo(folder);
                            Files.delete(folder.resolve(MANIFEST));
                        }));
        cases.add(
                HostileCase.refused(
                        "a million layers",
                        "",
                        Visit::bundle,
                        folder -> {
                            bundle.writeTo(folder);
                            longText(
                                    folder.resolve(MANIFEST),
                                    "{\"format\":\"agilelens-native\",\"version\":1,\"layers\":[",
                                    1_000_000,
                                    i -> "{}",
                                    "]}");
                        }));
        cases.add(
                HostileCase.refused(
                        "a recipe for a deeper model",
                        "",
                        Visit::bundle,
                        with(bundle, RECIPE, "{'pruning':{'beta':0.5,'layers':[7]}}")));
        cases.add(
                HostileCase.refused(
                        "a recipe that cannot be executed",
                        "",
                        Visit::bundle,
                        folder -> {
                            SeedModels.bundle(
                                            "{\"activations\":{\"method\":\"uniform\",\"bits\":6,\"granularity\":\"channel\"}}")
                                    .writeTo(folder);
                            Files.writeString(
                                    folder.resolve(RECIPE), "{\"execution\":\"executed\"}");
                        }));
        return cases;
    }
}
