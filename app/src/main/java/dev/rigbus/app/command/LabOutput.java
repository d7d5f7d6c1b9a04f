package dev.rigbus.app.command;

import dev.rigbus.app.lab.Output;
import dev.rigbus.app.log.Terminal;

/** How what a lab answers is to be shown. */
final class LabOutput {
    private LabOutput() {}

    static Output of(Words words, Flag flag, Console console) throws UsageException {
        String word = words.value(flag);
        boolean bold =
                Terminal.isOutput() && System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM"));
        try {
            return new Output(console.out(), word == null ? Output.Form.TABLE : Output.Form.of(word), bold);
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    flag.name() + " " + word + " (expected one of: " + Output.Form.WORDS.replace("|", ", ") + ")");
        }
    }
}
