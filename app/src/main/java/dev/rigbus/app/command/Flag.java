package dev.rigbus.app.command;

/**
 * A flag that a command knows.
 *
 * @param name with its dashes
 * @param value what its value is called in the help; empty where it takes none
 */
record Flag(String name, String value, String text) {
    static final Flag HELP = new Flag("--help", "", "Shows this text (-h).");

    boolean hasValue() {
        return !value.isEmpty();
    }
}
