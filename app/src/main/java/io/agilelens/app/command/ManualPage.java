package io.agilelens.app.command;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A page of the manual for one command, in the language of {@code man}, from what is declared. */
final class ManualPage {
    private static final int SECTION = 1;
    private static final int WIDTH = 100;

    private final CommandSpec command;
    private final StringBuilder text = new StringBuilder();

    private ManualPage(CommandSpec command) {
        this.command = command;
    }

    /** A page's name without its section, such as {@code agilelens-info}. */
    static String name(CommandSpec command) {
        return command.qualifiedName("-");
    }

    /** The name of a page's file. */
    static String fileName(CommandSpec command) {
        return name(command) + "." + SECTION;
    }

    /** The page of a command, or of the whole program. */
    static String of(CommandSpec command) {
        return new ManualPage(command).write();
    }

    private String write() {
        CommandSpec program = command.root();
        request(
                "TH",
                name(command).toUpperCase(Locale.ROOT),
                Integer.toString(SECTION),
                "",
                String.join(" ", program.version()),
                "AgileLens");
        // Neither hyphens nor gaps inside names that people copy.
        line(".nh");
        line(".ad l");
        String[] sentences = shown(command.usageMessage().description());
        section("NAME");
        line(escaped(name(command)) + " \\- " + escaped(sentences[0].replaceFirst("\\.$", "")));
        section("SYNOPSIS");
        line(".nf");
        for (String usage : synopsis()) {
            line(escaped(usage));
        }
        line(".fi");
        section("DESCRIPTION");
        for (String sentence : sentences) {
            line(escaped(sentence));
            line(".PP");
        }
        parameters();
        options();
        commands();
        footer();
        return text.toString();
    }

    private List<String> synopsis() {
        command.usageMessage().width(WIDTH);
        String usage = command.commandLine().getHelp().synopsis(0);
        return usage.lines().map(String::stripTrailing).toList();
    }

    private void parameters() {
        if (command.positionalParameters().isEmpty()) {
            return;
        }
        section("ARGUMENTS");
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            tagged(parameter.paramLabel(), parameter);
        }
    }

    private void options() {
        section("OPTIONS");
        for (OptionSpec option : command.options()) {
            String names = String.join(", ", option.names());
            boolean takesValue = option.arity().max() > 0;
            tagged(takesValue ? names + " " + option.paramLabel() : names, option);
        }
    }

    private void tagged(String tag, ArgSpec argument) {
        line(".TP");
        line("\\fB" + escaped(tag) + "\\fR");
        line(escaped(String.join(" ", shown(argument.description()))));
    }

    private void commands() {
        if (command.subcommands().isEmpty()) {
            return;
        }
        section("COMMANDS");
        command.subcommands()
                .forEach(
                        (name, each) -> {
                            line(".TP");
                            line("\\fB" + escaped(name) + "\\fR");
                            line(
                                    escaped(
                                            shown(
                                                    each.getCommandSpec()
                                                            .usageMessage()
                                                            .description())[0]));
                        });
    }

    private void footer() {
        CommandSpec program = command.root();
        section("EXIT STATUS AND ENVIRONMENT");
        for (String sentence : shown(program.usageMessage().footer())) {
            line(escaped(sentence));
            line(".PP");
        }
        section("SEE ALSO");
        if (command == program) {
            line(
                    program.subcommands().values().stream()
                            .map(line -> reference(line.getCommandSpec()))
                            .collect(Collectors.joining(",\n")));
        } else {
            line(reference(program));
        }
    }

    private static String reference(CommandSpec page) {
        return "\\fB" + escaped(name(page)) + "\\fR(" + SECTION + ")";
    }

    /** As {@code --help} shows it: without markup, variables filled in. */
    private static String[] shown(String[] lines) {
        return Arrays.stream(lines)
                .map(line -> Ansi.OFF.string(line).formatted())
                .map(String::strip)
                .toArray(String[]::new);
    }

    private void section(String title) {
        request("SH", title);
    }

    private void request(String name, String... arguments) {
        line(
                "."
                        + name
                        + Arrays.stream(arguments)
                                .map(argument -> " \"" + escaped(argument) + "\"")
                                .collect(Collectors.joining()));
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    /** Text that troff shows as it stands. */
    private static String escaped(String text) {
        StringBuilder signs = new StringBuilder();
        text.codePoints()
                .forEach(
                        sign -> {
                            switch (sign) {
                                case '\\' -> signs.append("\\e");
                                case '-' -> signs.append("\\-");
                                case '"' -> signs.append("\\(dq");
                                case '\n' -> signs.append(' ');
                                default -> {
                                    if (sign < 128) {
                                        signs.append((char) sign);
                                    } else {
                                        signs.append("\\[u%04X]".formatted(sign));
                                    }
                                }
                            }
                        });
        String safe = signs.toString();
        return safe.startsWith(".") || safe.startsWith("'") ? "\\&" + safe : safe;
    }
}
