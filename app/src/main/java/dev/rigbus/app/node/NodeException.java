package dev.rigbus.app.node;

/** Why a node cannot start or does not run on, for the one who started it. */
public final class NodeException extends Exception {
    private static final long serialVersionUID = 1;

    public NodeException(String text, Throwable cause) {
        super(text, cause);
    }

    public NodeException(String text) {
        super(text);
    }
}
