package dev.rigbus.kernel.call;

import dev.rigbus.driver.DriverException;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.value.Arguments.ArgumentCountException;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The one table from exceptions to gRPC status. On the bus a failure is the number of its status and a text. */
public final class Failures {
    private Failures() {}

    /** How the client sees what a driver threw. The first cause that says something decides. */
    public static Status status(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            if (cause instanceof StatusException e) {
                return e.status();
            }
            Code code = code(cause);
            if (code != null) {
                return new Status(code, text(cause));
            }
        }
        return new Status(Code.UNKNOWN, text(failure));
    }

    private static @Nullable Throwable next(Throwable cause) {
        return cause.getCause() == cause ? null : cause.getCause();
    }

    private static @Nullable Code code(Throwable cause) {
        if (cause instanceof DriverException e) {
            return Code.valueOf(e.reason().name());
        }
        if (cause instanceof ReplyException e) {
            return reply(e);
        }
        if (cause instanceof UnsupportedOperationException) {
            return Code.UNIMPLEMENTED;
        }
        if (cause instanceof IllegalArgumentException) {
            return Code.INVALID_ARGUMENT;
        }
        if (cause instanceof TimeoutException) {
            return Code.DEADLINE_EXCEEDED;
        }
        if (cause instanceof ConnectException
                || cause instanceof ClosedChannelException
                || cause instanceof UnknownHostException) {
            return Code.UNAVAILABLE;
        }
        if (cause instanceof IOException) {
            // A stream can only throw an IOException, whose cause may know better.
            return cause.getCause() instanceof DriverException ? null : Code.INTERNAL;
        }
        return cause instanceof ArgumentCountException ? Code.UNKNOWN : null;
    }

    private static Code reply(ReplyException e) {
        return e.failureType() == ReplyFailure.RECIPIENT_FAILURE ? Code.of(e.failureCode()) : Code.UNAVAILABLE;
    }

    private static String text(Throwable cause) {
        if (cause instanceof ReplyException e && e.failureType() == ReplyFailure.NO_HANDLERS) {
            return "the driver is gone";
        }
        if (cause instanceof NoSuchFileException e) {
            return "[Errno 2] No such file or directory: '" + e.getFile() + "'";
        }
        if (cause instanceof AccessDeniedException e) {
            return "[Errno 13] Permission denied: '" + e.getFile() + "'";
        }
        if (cause instanceof FileSystemException e) {
            return e.getMessage() + (e.getReason() == null ? " (" + e.getClass().getSimpleName() + ")" : "");
        }
        return cause.getMessage() == null ? "" : cause.getMessage();
    }

    /** The same for the bus. */
    public static DriverMessage.Failure failure(Throwable cause) {
        Status status = status(cause);
        return new DriverMessage.Failure(status.code().number(), status.text());
    }

    /** The same as a reply. */
    public static ReplyException reply(Throwable cause) {
        Status status = status(cause);
        return new ReplyException(ReplyFailure.RECIPIENT_FAILURE, status.code().number(), status.text());
    }

    public static Status status(DriverMessage.Failure failure) {
        return new Status(Code.of(failure.code()), failure.text());
    }
}
