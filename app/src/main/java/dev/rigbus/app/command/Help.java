package dev.rigbus.app.command;

import java.util.ArrayList;
import java.util.List;

/** The texts that {@code --help} shows. */
final class Help {
    private static final int INDENT = 32;
    private static final int WIDTH = 100;

    private Help() {}

    static String of(Command command, List<Flag> common) {
        StringBuilder text = new StringBuilder("Usage: rigbus " + command.name() + " [FLAGS]");
        text.append(command.operands().isEmpty() ? "" : " " + command.operands())
                .append('\n');
        text.append(command.summary()).append("\n\n");
        List<Flag> flags = new ArrayList<>(command.flags());
        flags.addAll(common);
        flags.forEach(flag -> entry(flag.title(), flag.text(), text));
        return text.append(command.details().isEmpty() ? "" : "\n")
                .append(command.details())
                .toString();
    }

    static String of(List<Command> commands, List<Flag> common, String footer) {
        StringBuilder text = new StringBuilder("Usage: rigbus COMMAND [FLAGS]\n");
        text.append("Puts the hardware of a test lab within reach of Jumpstarter clients.\n\n");
        for (Command command : commands) {
            if (!command.summary().isEmpty()) {
                entry(command.name(), command.summary(), text);
            }
        }
        text.append('\n');
        common.forEach(flag -> entry(flag.title(), flag.text(), text));
        return text.append('\n').append(footer).toString();
    }

    private static void entry(String name, String text, StringBuilder into) {
        StringBuilder line = new StringBuilder("  " + name);
        for (String word : text.split(" ")) {
            if (line.length() + 1 + word.length() > WIDTH) {
                into.append(line).append('\n');
                line.setLength(0);
            }
            while (line.length() < INDENT - 1) {
                line.append(' ');
            }
            line.append(' ').append(word);
        }
        into.append(line).append('\n');
    }
}
