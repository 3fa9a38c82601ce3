package io.agilelens.app.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A completion function in zsh's own terms, with the descriptions that {@code --help} shows: zsh
 * loads it from a folder of {@code fpath} when it is first needed, which a script made for bash
 * does not allow.
 */
final class ZshCompletion {
    private ZshCompletion() {}

    static String script(CommandSpec program) {
        StringBuilder script = new StringBuilder();
        script.append("#compdef %s%n%n".formatted(program.name()));
        program.subcommands()
                .forEach(
                        (name, command) ->
                                appendFunction(
                                        script, function(program, name), command.getCommandSpec()));
        script.append(function(program, "commands")).append("() {\n  local -a commands=(\n");
        program.subcommands()
                .forEach(
                        (name, command) ->
                                script.append("    ")
                                        .append(
                                                quoted(
                                                        name
                                                                + ":"
                                                                + firstSentence(
                                                                        description(
                                                                                command
                                                                                        .getCommandSpec()))))
                                        .append('\n'));
        script.append("  )\n  _describe command commands\n}\n\n");
        appendProgram(script, program);
        script.append("_%s \"$@\"%n".formatted(program.name()));
        return script.toString();
    }

    /** The program itself: its options, then a command, or a model, which may be a file. */
    private static void appendProgram(StringBuilder script, CommandSpec program) {
        String name = program.name();
        script.append("_%s() {%n  local context state state_descr line%n".formatted(name));
        script.append("  typeset -A opt_args\n  _arguments -C");
        program.options().forEach(option -> appendOption(script, option));
        script.append(" \\\n    '1: :->first' \\\n    '*:: :->rest'\n  case $state in\n");
        script.append(
                "    first) _alternative %s %s ;;%n"
                        .formatted(
                                quoted("commands:command:" + function(program, "commands")),
                                quoted("models:model:_files")));
        script.append("    rest)\n      case $words[1] in\n");
        program.subcommands()
                .keySet()
                .forEach(
                        command ->
                                script.append(
                                        "        %s) %s ;;%n"
                                                .formatted(command, function(program, command))));
        script.append("      esac ;;\n  esac\n}\n\n");
    }

    private static void appendFunction(StringBuilder script, String name, CommandSpec command) {
        script.append("%s() {%n  _arguments".formatted(name));
        command.options().forEach(option -> appendOption(script, option));
        command.positionalParameters()
                .forEach(
                        parameter ->
                                script.append(" \\\n    ")
                                        .append(
                                                quoted(
                                                        "*:"
                                                                + plain(parameter.paramLabel())
                                                                + ":"
                                                                + values(parameter))));
        script.append("\n}\n\n");
    }

    private static void appendOption(StringBuilder script, OptionSpec option) {
        String exclusive = "(" + String.join(" ", option.names()) + ")";
        boolean takesValue = option.arity().max() > 0;
        for (String name : option.names()) {
            String shape = exclusive + name + "[" + plain(sentence(option)) + "]";
            if (takesValue) {
                shape += ":" + plain(option.paramLabel()) + ":" + values(option);
            }
            script.append(" \\\n    ").append(quoted(shape));
        }
    }

    /** What may stand there: the words that are allowed, or files, for most other values are. */
    private static String values(ArgSpec argument) {
        List<String> words = new ArrayList<>();
        if (argument.completionCandidates() != null) {
            argument.completionCandidates().forEach(words::add);
        } else if (argument.typeInfo().isEnum()) {
            argument.typeInfo().getEnumConstantNames().stream()
                    .map(String::toLowerCase)
                    .forEach(words::add);
        }
        return words.isEmpty() ? "_files" : "(" + String.join(" ", words) + ")";
    }

    private static String function(CommandSpec program, String command) {
        return "_" + program.name() + "_" + command;
    }

    private static String description(CommandSpec command) {
        return String.join(" ", command.usageMessage().description());
    }

    private static String sentence(ArgSpec argument) {
        return firstSentence(String.join(" ", argument.description()));
    }

    private static String firstSentence(String text) {
        String shown = CommandLine.Help.Ansi.OFF.string(text).replace("%%", "%").replace("%n", " ");
        int end = shown.indexOf(". ");
        return (end < 0 ? shown : shown.substring(0, end)).replaceFirst("[.:]$", "");
    }

    /** Without the signs that have a meaning in an argument of {@code _arguments}. */
    private static String plain(String text) {
        return text.replace("\\", "\\\\")
                .replace("[", "\\[")
                .replace("]", "\\]")
                .replace(":", "\\:");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
