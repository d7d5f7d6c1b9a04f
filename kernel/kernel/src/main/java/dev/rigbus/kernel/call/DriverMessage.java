package dev.rigbus.kernel.call;

import com.google.protobuf.Value;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What can be asked of {@code driver/<uuid>}. */
public sealed interface DriverMessage {
    /**
     * Names one call or stream, so that it can be cancelled.
     *
     * @param endpoint the caller's private address
     */
    record Id(String endpoint, long number) {}

    /** Messages that use the device carry the fence of the session that sends them. */
    sealed interface Fenced extends DriverMessage {
        long fence();
    }

    /** A unary call; answered with the result as a {@link Value}. */
    record Call(Id id, long fence, String method, List<Value> args) implements Fenced {}

    /** A streaming call; answered with its first {@link Items}, the others go to the caller's endpoint. */
    record OpenItems(Id id, long fence, String method, List<Value> args, int credit) implements Fenced {}

    /** The consumer of a streaming call can take so many more items. */
    record Credit(Id id, int items) implements DriverMessage {}

    /** Nobody waits for this call any more. */
    record Cancel(Id id) implements DriverMessage {}

    /** A raw stream; answered with a {@link Ticket}. */
    record OpenStream(long fence, String method) implements Fenced {}

    /** A raw stream that a later call finds as a resource; answered with a {@link Ticket}. */
    record OpenResource(long fence, @Nullable String encoding) implements Fenced {}

    /** Resets this driver, not its children; answered when that is done. */
    record Reset(long fence) implements Fenced {}

    /** Ends all that is under way and lets it be told why; what comes afterwards is served as before. */
    record Expire(String why) implements DriverMessage {}

    /**
     * A line of the log of a driver that is hosted for another node.
     *
     * @param time in milliseconds since 1970
     */
    record Logged(long time, String severity, String text, String source) {}

    /** For a driver of another node, sent to where it is hosted. */
    record Afar(UUID driver, DriverMessage message) {}

    /**
     * Where an opened stream can be picked up, once and soon.
     *
     * @param resource the id under which a call may name it, where it is a resource
     */
    record Ticket(UUID pickup, @Nullable UUID resource) {}

    /**
     * Some items of a streaming call.
     *
     * @param sequence counts the messages of one call from 0
     * @param end the last message; with a failure if there is one
     */
    record Items(
            Id id,
            int sequence,
            List<Value> items,
            boolean end,
            @Nullable Failure failure) {}

    /** Why something failed: the number of a gRPC status, and a text. */
    record Failure(int code, String text) {}
}
