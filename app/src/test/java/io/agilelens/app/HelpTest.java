package io.agilelens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What the program tells about itself: help, manual pages and completion by shells. */
class HelpTest {
    private static final CommandLine PROGRAM = AgileLens.commandLine(new AgileLens());

    @TempDir Path folder;

    static Stream<String> commands() {
        return PROGRAM.getSubcommands().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandAndOptionIsDescribed(String name) {
        CommandSpec command = PROGRAM.getSubcommands().get(name).getCommandSpec();
        List<String> faults = new ArrayList<>();
        check(name, command.usageMessage().description(), faults);
        for (ArgSpec argument : command.args()) {
            String label =
                    argument instanceof OptionSpec option
                            ? option.longestName()
                            : argument.paramLabel();
            check(label, argument.description(), faults);
        }
        assertEquals(List.of(), faults, name);
        CommandRun help = CommandRun.of(name, "--help");
        assertEquals(0, help.status(), help.errors());
        assertEquals("", help.errors());
        assertTrue(help.output().contains("Usage: agilelens " + name), help.output());
        assertTrue(help.output().lines().allMatch(line -> line.length() <= 100), help.output());
    }

    private static void check(String label, String[] description, List<String> faults) {
        String text = String.join(" ", description).strip();
        if (text.isEmpty()) {
            faults.add(label + " has no description");
        } else if (!text.endsWith(".") || !Character.isLetterOrDigit(text.charAt(0))) {
            faults.add(label + " is not described in a sentence: " + text);
        }
    }

    @Test
    void theOverviewNamesEveryCommand() {
        String help = CommandRun.of("--help").output();
        commands().forEach(name -> assertTrue(help.contains("\n  " + name + " "), name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void completionIsValidForItsShell(String shell) throws Exception {
        CommandRun run = CommandRun.of("completion", shell);
        assertEquals(0, run.status(), run.errors());
        commands().forEach(name -> assertTrue(run.output().contains(name), name));
        assertTrue(run.output().contains("--max-windows"), "options are completed, too");
        Path script = Files.writeString(folder.resolve("completion"), run.output());
        assumeTrue(isInstalled(shell), shell + " is not installed");
        assertEquals("", run(shell, "-n", script.toString()));
    }

    @Test
    void bashCompletesCommandsAndOptions() throws Exception {
        assumeTrue(isInstalled("bash"), "bash is not installed");
        Path script =
                Files.writeString(
                        folder.resolve("completion"), CommandRun.of("completion", "bash").output());
        assertEquals("perplexity performance", completed(script, "agilelens", "per"));
        assertEquals("--max-windows", completed(script, "agilelens", "perplexity", "--max"));
    }

    /** What bash offers for the last of some words. */
    private static String completed(Path script, String... words) throws Exception {
        String program =
                "source '%s'; compopt() { :; }; COMP_WORDS=(%s); COMP_CWORD=%d; COMP_LINE='%s'; COMP_POINT=${#COMP_LINE}; _complete_agilelens; echo \"${COMPREPLY[@]}\""
                        .formatted(
                                script,
                                String.join(" ", words),
                                words.length - 1,
                                String.join(" ", words));
        return run("bash", "-c", program).strip();
    }

    @Test
    void everyCommandHasAManualPage() throws Exception {
        Path pages = folder.resolve("man1");
        CommandRun run = CommandRun.of("manual", "--out", pages);
        assertEquals(0, run.status(), run.errors());
        assertEquals(PROGRAM.getSubcommands().size() + 1, run.output().lines().count());
        String program = Files.readString(pages.resolve("agilelens.1"));
        for (String name : commands().toList()) {
            assertTrue(program.contains("\\fB" + name + "\\fR"), name);
            String page = Files.readString(pages.resolve("agilelens-" + name + ".1"));
            for (OptionSpec option :
                    PROGRAM.getSubcommands().get(name).getCommandSpec().options()) {
                assertTrue(
                        page.contains(option.longestName().replace("-", "\\-")),
                        name + " " + option.longestName());
            }
            assertEquals(page, CommandRun.of("manual", name).output());
        }
        assumeTrue(isInstalled("groff"), "groff is not installed");
        for (String name : commands().toList()) {
            String page = pages.resolve("agilelens-" + name + ".1").toString();
            // Warnings stand before the text.
            String shown = run("groff", "-man", "-Tutf8", "-ww", "-z", page);
            assertEquals("", shown, name);
        }
    }

    @Test
    void aFolderWithFilesIsLeftAlone() throws IOException {
        Files.writeString(folder.resolve("mine"), "x");
        String failure = CommandRun.of("manual", "--out", folder).failure(1);
        assertTrue(failure.contains("has files already"), failure);
        assertEquals(
                "agilelens: there is no command nosuch: see agilelens --help; see agilelens manual"
                        + " --help",
                CommandRun.of("manual", "nosuch").failure(2));
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }

    /** Output and errors of a program that must end well. */
    private static String run(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), output);
        return output;
    }
}
