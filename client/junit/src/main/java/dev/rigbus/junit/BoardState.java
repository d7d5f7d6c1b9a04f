package dev.rigbus.junit;

/** How the board was when a test failed; it stands in the report below the failure itself. */
public final class BoardState extends Exception {
    private static final long serialVersionUID = 1L;

    BoardState(String text) {
        super(text, null, false, false);
    }
}
