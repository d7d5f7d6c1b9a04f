package dev.rigbus.lab.lease;

/** A selector that does not follow the grammar, or means something that the lab cannot do; the message is for whoever wrote it. */
public final class SelectorException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    SelectorException(String message) {
        super(message);
    }
}
