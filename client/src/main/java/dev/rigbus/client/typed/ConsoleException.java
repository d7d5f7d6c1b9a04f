package dev.rigbus.client.typed;

import java.io.IOException;

/** A console that did not say what was waited for. */
public final class ConsoleException extends IOException {
    private static final long serialVersionUID = 1L;

    private static final int SHOWN = 500;

    ConsoleException(String text, CharSequence said) {
        super(text + lastOf(said.toString()));
    }

    private static String lastOf(String said) {
        if (said.isBlank()) {
            return "; it showed nothing";
        }
        String last = said.substring(Math.max(0, said.length() - SHOWN));
        return "; its last output:"
                + last.strip().lines().map(line -> "\n  | " + line).reduce("", String::concat);
    }
}
