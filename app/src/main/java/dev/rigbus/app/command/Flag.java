package dev.rigbus.app.command;

/**
 * A flag that a command knows.
 *
 * @param name with its dashes
 * @param alias a shorter name; empty where there is none
 * @param value what its value is called in the help, or the words it may be with bars between them; empty where it takes none
 */
record Flag(String name, String alias, String value, String text) {
    static final Flag HELP = new Flag("--help", "-h", "", "Shows this text.");

    Flag(String name, String value, String text) {
        this(name, "", value, text);
    }

    boolean hasValue() {
        return !value.isEmpty();
    }

    /** As the help shows it. */
    String title() {
        return ((alias.isEmpty() ? "" : alias + ", ") + name + " " + value).strip();
    }
}
