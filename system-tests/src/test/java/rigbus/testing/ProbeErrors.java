package rigbus.testing;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.TimeoutException;

/** Failures by the names of their Python counterparts. */
final class ProbeErrors {
    private ProbeErrors() {}

    static Throwable of(String name, String text) {
        return switch (name) {
            case "NotImplementedError" -> new UnsupportedOperationException(text);
            case "ValueError" -> new IllegalArgumentException(text);
            case "TimeoutError" -> new TimeoutException(text);
            case "ConnectionError", "ConnectionRefusedError", "BrokenPipeError" -> new ConnectException(text);
            case "OSError" -> new IOException(text);
            case "FileNotFoundError" -> new PlainNoSuchFile(text);
            case "PermissionError" -> new PlainAccessDenied(text);
            case "KeyError" -> new IllegalStateException("'" + text + "'");
            case "AssertionError" -> new AssertionError(text);
            case "Exception" -> new Exception(text);
            case "RuntimeError" -> new IllegalStateException(text);
            case "TypeError" -> new ClassCastException(text);
            default -> throw new IllegalStateException("no error " + name);
        };
    }

    /** Throws it whatever it is. */
    @SuppressWarnings("unchecked")
    static <T extends Throwable> RuntimeException raise(String name, String text) throws T {
        throw (T) of(name, text);
    }

    /** Keeps the text as it is, where the table of failures would quote it as a file's name. */
    private static final class PlainNoSuchFile extends IOException {
        private static final long serialVersionUID = 1L;

        PlainNoSuchFile(String text) {
            super(text, new NoSuchFileException(text));
        }
    }

    private static final class PlainAccessDenied extends IOException {
        private static final long serialVersionUID = 1L;

        PlainAccessDenied(String text) {
            super(text, new AccessDeniedException(text));
        }
    }
}
