package dev.rigbus.app.command;

import java.util.List;
import java.util.Map;

/** Something that a person can type after {@code rigbus}. Making one must be cheap: all are made for every command line. */
interface Command {
    String name();

    /** One line for the list of commands; empty for one that is not shown. */
    String summary();

    /** Its own flags, in the order of the help. */
    default List<Flag> flags() {
        return List.of();
    }

    /** What words without a dash are called in the help; empty where there are none. */
    default String operands() {
        return "";
    }

    /** Whether all words behind its name are for somebody else, those with a dash as well. */
    default boolean takesAll() {
        return false;
    }

    /** What else the help says, after the flags. */
    default String details() {
        return "";
    }

    /** The words that may follow certain words, for completion: by the words so far, with blanks between them, empty for the first. */
    default Map<String, List<String>> completions() {
        return Map.of();
    }

    /** Does it. {@link UsageException}, {@link CommandException} and ConfigException end it with their text alone. */
    ExitCode run(Words words, Console console) throws Exception;
}
