package dev.rigbus.drivers.storage;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The failures of a storage in the words that clients know: a kind, the operation and what is wrong, then the service and the paths
 * as the client gave them. The client sees them as UNKNOWN, but for a full disk, which it can tell from the rest.
 */
final class StorageFailure {
    private final String service;

    StorageFailure(String service) {
        this.service = service;
    }

    DriverException notFound(String operation, String... paths) {
        return failure("NotFound (permanent) at " + operation + " => entity not found", Reason.UNKNOWN, null, paths);
    }

    DriverException isDirectory(String operation, String what, String... paths) {
        return failure(
                "IsADirectory (permanent) at Operator::" + operation + " => " + what + " path is a directory",
                Reason.UNKNOWN,
                null,
                paths);
    }

    DriverException unsupported(String operation, String... paths) {
        return failure(
                "Unsupported (permanent) at " + operation + " => operation is not supported",
                Reason.UNKNOWN,
                null,
                paths);
    }

    DriverException refused(String operation, StoragePath.Refused refused, String... paths) {
        return failure(
                "PermissionDenied (permanent) at " + operation + " => " + refused.getMessage(),
                Reason.UNKNOWN,
                null,
                paths);
    }

    DriverException other(String head, String... paths) {
        return failure(head, Reason.UNKNOWN, null, paths);
    }

    /** @param left how many bytes there are from the position to the end: less than none */
    DriverException pastEnd(long left) {
        return new DriverException(
                Reason.UNKNOWN,
                "Unexpected (permanent) at , context: { expect: " + Long.toUnsignedString(left)
                        + ", actual: 0 } => reader got too little data");
    }

    /** What the file system, or the web server, said. */
    DriverException io(String operation, IOException cause, String... paths) {
        if (cause instanceof NoSuchFileException) {
            return notFound(operation, paths);
        }
        if (outOfSpace(cause)) {
            String text = "StorageFull (permanent) at " + operation
                    + " => no space left on the exporter's disk; delete files and try again";
            return failure(text, Reason.RESOURCE_EXHAUSTED, cause, paths);
        }
        return failure("Unexpected (permanent) at " + operation + " => " + told(cause), Reason.UNKNOWN, cause, paths);
    }

    static boolean outOfSpace(IOException cause) {
        String message = String.valueOf(cause.getMessage());
        return message.contains("No space left on device") || message.contains("Disk quota exceeded");
    }

    /** In the words of the system, without the place on the exporter, which is none of the client's business. */
    private static String told(IOException cause) {
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof DirectoryNotEmptyException) {
            return "directory not empty";
        }
        if (cause instanceof NotDirectoryException) {
            return "not a directory";
        }
        if (cause instanceof FileSystemLoopException) {
            return "too many levels of symbolic links";
        }
        if (cause instanceof FileSystemException e) {
            return e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private DriverException failure(String head, Reason reason, @Nullable Throwable cause, String... paths) {
        Map<String, String> context = new LinkedHashMap<>();
        context.put("service", service);
        if (paths.length == 1) {
            context.put("path", paths[0]);
        } else if (paths.length == 2) {
            context.put("from", paths[0]);
            context.put("to", paths[1]);
        }
        StringBuilder text = new StringBuilder(head).append("\n\nContext:\n");
        context.forEach((key, value) ->
                text.append("   ").append(key).append(": ").append(value).append('\n'));
        return new DriverException(reason, text.toString(), cause);
    }
}
