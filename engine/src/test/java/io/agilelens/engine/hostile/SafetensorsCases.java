package io.agilelens.engine.hostile;

import static io.agilelens.engine.hostile.Build.WEIGHTS;
import static io.agilelens.engine.hostile.Build.header;
import static io.agilelens.engine.hostile.Build.link;
import static io.agilelens.engine.hostile.Build.longHeader;
import static io.agilelens.engine.hostile.Build.pipe;

import io.agilelens.engine.format.SafetensorsFile;
import io.agilelens.engine.fuzz.Fields;
import io.agilelens.engine.fuzz.Visit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Safetensors files: lengths, header, offsets. */
final class SafetensorsCases {
    private static final String GOOD = "'x':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}";

    private final List<HostileCase> cases = new ArrayList<>();

    static List<HostileCase> all() {
        SafetensorsCases all = new SafetensorsCases();
        all.lengths();
        all.headers();
        all.offsets();
        all.bombs();
        all.noFiles();
        return all.cases;
    }

    private void refused(String name, HostileCase.Builder builder) {
        cases.add(HostileCase.refused(name, WEIGHTS, SafetensorsCases::open, builder));
    }

    private void opening(String name, HostileCase.Builder builder) {
        cases.add(HostileCase.opening(name, WEIGHTS, SafetensorsCases::open, builder));
    }

    private static void open(Path path) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            Visit.tensors(file.tensors());
        }
    }

    private static HostileCase.Builder file(Fields content) {
        return folder -> Files.write(folder.resolve(WEIGHTS), content.toBytes());
    }

    private void lengths() {
        refused("no bytes at all", file(new Fields()));
        refused("fewer bytes than a length has", file(new Fields().text("abc")));
        refused("header length 0", file(new Fields().u64(0)));
        refused("header length 2^63", file(new Fields().u64(Long.MIN_VALUE).text("{}")));
        refused("header length 2^64 − 1", file(new Fields().u64(-1).text("{}")));
        refused("header one byte longer than allowed", file(new Fields().u64(100_000_001)));
        refused("header longer than the file", file(new Fields().u64(100).text("{}")));
        refused(
                "header length in big-endian order",
                file(new Fields().u64(Long.reverseBytes(2)).text("{}")));
        refused("a Git LFS pointer", file(new Fields().text("version https://git-lfs…")));
        refused("a zip archive, such as a pickle", file(new Fields().text("PK\3\4 and more")));
    }

    private void headers() {
        refused("header that is no object", header("[1]", 0));
        refused("header that begins with a space", header(" {}", 0));
        refused("header cut in the middle", header("{'x':{'dtype'", 0));
        refused("header in UTF-16", folder -> utf16(folder.resolve(WEIGHTS)));
        refused("two headers", header("{}{}", 0));
        refused("a tensor named twice", header("{" + GOOD + "," + GOOD + "}", 4));
        refused(
                "a key of a tensor named twice",
                header("{'x':{'dtype':'F32','dtype':'F16','shape':[],'data_offsets':[0,4]}}", 4));
        refused("a tensor without shape", header("{'x':{'dtype':'F32','data_offsets':[0,4]}}", 4));
        refused("metadata that is no text", header("{'__metadata__':{'a':1}}", 0));
        refused("metadata named twice", header("{'__metadata__':{'a':'1','a':'2'}}", 0));
        refused(
                "a type that nobody knows",
                header("{'x':{'dtype':'Q7','shape':[1],'data_offsets':[0,4]}}", 4));
        refused(
                "a type that is not supported",
                header("{'x':{'dtype':'C64','shape':[1],'data_offsets':[0,8]}}", 8));
        refused(
                "a name with line breaks and escape codes",
                header("{'a\\nb\\u001b[31m\\u202e':1}", 0));
        opening("a header padded with spaces", header("{" + GOOD + "}     ", 4));
        opening("no tensors", header("{}", 0));
    }

    private static void utf16(Path file) throws java.io.IOException {
        byte[] json = "{}".getBytes(java.nio.charset.StandardCharsets.UTF_16LE);
        Files.write(file, new Fields().u64(json.length).bytes(json).toBytes());
    }

    private static String tensor(String shape, String offsets) {
        return "{'x':{'dtype':'F32','shape':%s,'data_offsets':%s}}".formatted(shape, offsets);
    }

    private void offsets() {
        refused("the file cut short", header("{" + GOOD + "}", 3));
        refused("bytes behind the last tensor", header("{" + GOOD + "}", 5));
        refused("a hole before the first tensor", header(tensor("[1]", "[4,8]"), 8));
        refused(
                "overlapping tensors",
                header("{" + GOOD + ",'y':{'dtype':'F32','shape':[1],'data_offsets':[2,6]}}", 6));
        refused("a tensor that ends before it begins", header(tensor("[1]", "[4,0]"), 4));
        refused("offsets that do not fit the shape", header(tensor("[1]", "[0,8]"), 8));
        refused("one offset", header(tensor("[1]", "[0]"), 4));
        refused("a negative size", header(tensor("[-1]", "[0,4]"), 4));
        refused("a size of 2^63", header(tensor("[9223372036854775808]", "[0,4]"), 4));
        refused(
                "sizes whose product overflows",
                header(tensor("[4611686018427387904,4]", "[0,0]"), 0));
        refused("a size of 1.0", header(tensor("[1.0]", "[0,4]"), 4));
        refused("nested sizes", header(tensor("[[1]]", "[0,4]"), 4));
        refused("17 dimensions", header(tensor("[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,4]"), 4));
        opening(
                "an unaligned tensor",
                header(
                        "{'x':{'dtype':'F32','shape':[1],'data_offsets':[1,5]},'y':{'dtype':'U8','shape':[1],'data_offsets':[0,1]}}",
                        5));
        opening("a tensor of no elements", header(tensor("[0,9]", "[0,0]"), 0));
    }

    private void bombs() {
        refused(
                "header nested a million deep",
                longHeader("{\"x\":" + "[".repeat(1_000_000), 1, i -> "", ""));
        refused(
                "a number of a million digits",
                longHeader("{\"x\":{\"shape\":[", 1, i -> "9".repeat(1_000_000), "]}}"));
        refused(
                "a name of a million letters",
                longHeader("{", 1, i -> "\"" + "x".repeat(1_000_000) + "\":1", "}"));
        refused(
                "100 MB header of one text",
                longHeader(
                        "{\"__metadata__\":{\"a\":",
                        1,
                        i -> "\"" + "x".repeat(99_000_000) + "\"",
                        "}}"));
        refused(
                "100 MB header of two million tensors",
                longHeader(
                        "{",
                        1_700_000,
                        i ->
                                Build.key(i)
                                        + ":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}",
                        "}"));
        refused(
                "100 MB header of seven million metadata keys",
                longHeader("{\"__metadata__\":{", 7_000_000, i -> Build.key(i) + ":\"\"", "}}"));
        opening(
                "100 MB header of nothing but spaces",
                longHeader("{", 1, i -> " ".repeat(99_999_000), "}"));
    }

    private void noFiles() {
        refused("no such file", folder -> {});
        refused("a folder in its place", folder -> Files.createDirectory(folder.resolve(WEIGHTS)));
        refused("a link to itself", folder -> link(folder.resolve(WEIGHTS), Path.of(WEIGHTS)));
        refused("an endless device", folder -> link(folder.resolve(WEIGHTS), Path.of("/dev/zero")));
        refused("a pipe that nobody writes into", folder -> pipe(folder.resolve(WEIGHTS)));
    }
}
