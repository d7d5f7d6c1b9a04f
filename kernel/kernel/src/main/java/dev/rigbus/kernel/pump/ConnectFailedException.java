package dev.rigbus.kernel.pump;

import java.net.ConnectException;

/** A device that could not be reached. */
public final class ConnectFailedException extends ConnectException {
    private static final long serialVersionUID = 1L;

    ConnectFailedException(String where, Throwable cause) {
        super(where + ": " + cause.getMessage());
        initCause(cause);
    }
}
