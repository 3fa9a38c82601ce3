package io.agilelens.app;

import io.agilelens.app.command.BenchCommand;
import io.agilelens.app.command.CompletionCommand;
import io.agilelens.app.command.ConformanceCommand;
import io.agilelens.app.command.DiagnoseCommand;
import io.agilelens.app.command.GenerateCommand;
import io.agilelens.app.command.InfoCommand;
import io.agilelens.app.command.LogitsCommand;
import io.agilelens.app.command.ManualCommand;
import io.agilelens.app.command.MeasuredKernels;
import io.agilelens.app.command.OutliersCommand;
import io.agilelens.app.command.PerformanceCommand;
import io.agilelens.app.command.PerplexityCommand;
import io.agilelens.app.command.PlantCommand;
import io.agilelens.app.command.PruneCommand;
import io.agilelens.app.command.QuantizeCommand;
import io.agilelens.app.command.ReplayCommand;
import io.agilelens.app.command.ResultsCommand;
import io.agilelens.app.command.SearchCommand;
import io.agilelens.app.command.StandardOutput;
import io.agilelens.app.command.StartupCommand;
import io.agilelens.app.command.SweepCommand;
import io.agilelens.app.command.SynthesizeCommand;
import io.agilelens.app.command.TokenizeCommand;
import io.agilelens.app.install.PackageCommand;
import io.agilelens.app.window.MonkeyCommand;
import io.agilelens.app.window.ScreenshotsCommand;
import io.agilelens.engine.kernel.KernelProvider;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program: a command, or the window if none is named. */
@Command(
        name = "agilelens",
        description = {
            "Shows why low-bit LLMs break and tunes them until they don't.",
            "Without a command it opens the window."
        },
        synopsisHeading = "Usage:%n  ",
        customSynopsis = {"agilelens [MODEL]", "  agilelens COMMAND ... [--json] [--debug]"},
        commandListHeading = "%nCommands (agilelens COMMAND --help tells more):%n",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%n",
        footer = {
            "Exit status: 0 done, 1 failed with one line that says why, 2 wrong usage.",
            "AGILELENS_OPTS holds further options for Java, such as -Xmx12g."
        },
        sortOptions = false,
        subcommands = {
            InfoCommand.class,
            TokenizeCommand.class,
            LogitsCommand.class,
            GenerateCommand.class,
            PerplexityCommand.class,
            OutliersCommand.class,
            DiagnoseCommand.class,
            PruneCommand.class,
            PlantCommand.class,
            QuantizeCommand.class,
            SearchCommand.class,
            SweepCommand.class,
            ResultsCommand.class,
            BenchCommand.class,
            PerformanceCommand.class,
            SynthesizeCommand.class,
            ConformanceCommand.class,
            StartupCommand.class,
            ReplayCommand.class,
            ScreenshotsCommand.class,
            MonkeyCommand.class,
            CompletionCommand.class,
            ManualCommand.class,
            PackageCommand.class
        })
public final class AgileLens implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "MODEL",
            description =
                    "Model to open: a folder, a GGUF or llama2.c file, a native bundle or"
                            + " sample:NAME; or a session file that the window saved.")
    private String model;

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Show the stack trace of a failure.")
    private boolean debug;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    private boolean version;

    /** Runs and ends the JVM with the exit status. */
    public static void main(String[] arguments) {
        StartTimes.reached(StartTimes.Step.MAIN);
        ErrorStream.restore();
        KernelProvider.lookUpTunings(MeasuredKernels::keptOrExpected);
        StandardOutput output = new StandardOutput();
        PrintWriter errors = new PrintWriter(System.err, true);
        int status = run(arguments, output.writer(), errors);
        errors.flush();
        Optional<String> failure = output.finish();
        if (failure.isPresent()) {
            errors.println("agilelens: standard output cannot be written: " + failure.get());
            status = 1;
        }
        StartTimes.reached(StartTimes.Step.END);
        StartTimes.write();
        System.exit(status);
    }

    /**
     * Runs a command.
     *
     * @param output hears the result
     * @param errors hears everything else
     * @return the exit status: 0 done, 1 failed, 2 wrong usage
     */
    public static int run(String[] arguments, PrintWriter output, PrintWriter errors) {
        if (namesNoCommand(arguments)) {
            return openWindow(arguments, errors);
        }
        AgileLens program = new AgileLens();
        CommandLine commandLine = commandLine(program).setOut(output).setErr(errors);
        FailureReport failures = new FailureReport(errors);
        commandLine.setParameterExceptionHandler(
                (failure, _) -> failures.usage(failure, program.debug));
        commandLine.setExecutionExceptionHandler(
                (failure, _, _) -> failures.failed(failure, program.debug));
        try {
            return commandLine.execute(arguments);
        } catch (Error failure) {
            return failures.failed(failure, program.debug);
        } finally {
            output.flush();
        }
    }

    /** The parser of all commands and their options. */
    static CommandLine commandLine(AgileLens program) {
        CommandLine commandLine =
                new CommandLine(program)
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .setUsageHelpWidth(100)
                        .setUsageHelpAutoWidth(false);
        commandLine.getCommandSpec().version("AgileLens " + Version.current());
        return commandLine;
    }

    /**
     * Whether it takes no parser to know that the window is wanted, which keeps the parser's time
     * out of the window's start.
     */
    private static boolean namesNoCommand(String[] arguments) {
        return arguments.length == 0
                || arguments.length == 1
                        && !arguments[0].startsWith("-")
                        && !arguments[0].startsWith("@")
                        && arguments[0].chars().anyMatch(sign -> "/\\:.".indexOf(sign) >= 0);
    }

    private static int openWindow(String[] arguments, PrintWriter errors) {
        try {
            WindowLauncher.open(arguments.length == 0 ? null : arguments[0]);
            return 0;
        } catch (RuntimeException | Error failure) {
            return new FailureReport(errors).failed(failure, false);
        }
    }

    @Override
    public Integer call() {
        WindowLauncher.open(model);
        return 0;
    }
}
