package dev.rigbus.app.demo;

/** A step of the demo that did not work out. */
public final class StoryException extends Exception {
    private static final long serialVersionUID = 1L;

    StoryException(String text, Throwable cause) {
        super(text, cause);
    }
}
