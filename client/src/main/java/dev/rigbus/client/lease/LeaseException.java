package dev.rigbus.client.lease;

import java.io.IOException;

/** No lease is to be had; the text says why, and what would help. */
public final class LeaseException extends IOException {
    private static final long serialVersionUID = 1L;

    LeaseException(String text) {
        super(text);
    }

    LeaseException(String text, Throwable cause) {
        super(text, cause);
    }
}
