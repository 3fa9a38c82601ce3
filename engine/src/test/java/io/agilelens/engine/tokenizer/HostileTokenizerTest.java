package io.agilelens.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Files on which the native library would end the process must be stopped before it. */
class HostileTokenizerTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "normalizer     | {'type':'Precompiled','precompiled_charsmap':'AAAA'} | not"
                        + " supported; supported: Lowercase, NFC",
                "normalizer     | 7                                          | not supported",
                "normalizer     | {'type':'Sequence'}                        | needs normalizers",
                "normalizer     | {'type':'Replace','pattern':3,'content':''}| a String or a Regex",
                "pre_tokenizer  | {'type':'FixedLength','length':0}          | pre_tokenizer"
                        + " 'FixedLength'",
                "pre_tokenizer  |"
                    + " {'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'Regex':'(x+x+)+y'},'behavior':'Isolated','invert':false}]}"
                    + " | repeats a repetition",
                "post_processor |"
                    + " {'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'<s>','type_id':0}}],'pair':[],'special_tokens':{}}"
                    + " | does not define",
                "post_processor |"
                    + " {'type':'TemplateProcessing','single':[{'Sequence':{'id':'B','type_id':0}}],'pair':[],'special_tokens':{}}"
                    + " | uses 'B'",
                "decoder        | {'type':'Strip','content':' ','start':0,'stop':4294967296} | a"
                        + " stop of 0",
                "decoder        | {'type':'NEW'}                             | decoder 'NEW'",
                "model          | {'type':'Unigram','vocab':[['a',0]]}       | model 'Unigram'",
                "model          | {'type':'BPE','vocab':{'a':0},'merges':[],'dropout':0.1} |"
                        + " dropout",
                "model          |"
                    + " {'type':'BPE','vocab':{'a':0},'merges':[],'continuing_subword_prefix':'##'}"
                    + " | continuing_subword_prefix",
                "model          | {'type':'BPE','vocab':[],'merges':[]}      | no vocabulary",
            })
    void refusesWhatItDoesNotKnowToBeSound(String key, String json, String line)
            throws IOException {
        JsonMapper mapper = JsonMapper.shared();
        ObjectNode root =
                (ObjectNode) mapper.readTree(TinyModels.tokenizer(TinyModels.SMALLEST_VOCABULARY));
        root.set(key, mapper.readTree(json.replace('\'', '"')));
        Path file = Files.writeString(folder.resolve("tokenizer.json"), root.toString());
        UserException refusal =
                assertThrows(
                        UserException.class,
                        () ->
                                new HuggingFaceJsonTokenizer(
                                                file,
                                                Files.readAllBytes(file),
                                                new DeclaredStart(false, "", OptionalInt.empty()))
                                        .close());
        assertTrue(refusal.getMessage().contains(line), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void survivesRandomDamage(int seed) throws Exception {
        String output = run(folder, TokenizerFuzz.class, folder.toString(), "" + seed, "500");
        assertTrue(output.contains(TokenizerFuzz.DONE), output);
    }

    /** The native library is unpacked by whoever comes first; the others must not trip over it. */
    @Test
    void severalProcessesMayStartWithAnEmptyCache() throws Exception {
        Path cache = folder.resolve("cache");
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Path own = Files.createDirectory(folder.resolve("own" + i));
            processes.add(start(cache, TokenizerFuzz.class, own.toString(), "" + i, "1"));
        }
        for (Process process : processes) {
            String output = output(process);
            assertEquals(0, process.waitFor(), output);
            assertTrue(output.contains(TokenizerFuzz.DONE), output);
        }
    }

    private static String run(Path cache, Class<?> program, String... arguments) throws Exception {
        Process process = start(cache, program, arguments);
        String output = output(process);
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    private static String output(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static Process start(Path cache, Class<?> program, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-Xmx512m");
        command.add("-XX:-CreateCoredumpOnCrash");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(program.getName());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.directory(cache.getParent().toFile());
        builder.environment().put("DJL_CACHE_DIR", cache.toString());
        return builder.start();
    }
}
