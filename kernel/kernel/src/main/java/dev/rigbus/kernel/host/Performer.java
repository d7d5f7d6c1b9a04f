package dev.rigbus.kernel.host;

import com.google.protobuf.Value;
import dev.rigbus.driver.ByteStream;
import dev.rigbus.kernel.call.DriverMessage.Id;
import dev.rigbus.kernel.call.DriverMessage.Items;
import dev.rigbus.kernel.call.DriverMessage.OpenItems;
import dev.rigbus.kernel.call.DriverMessage.Ticket;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Does what the messages to one driver ask for: with a driver of this process, or by passing it on to wherever the driver runs. On the
 * context of the driver's verticle; nothing here blocks. What throws fails the call.
 */
public interface Performer {
    /** Complete when the device is there and calls may come. */
    Future<?> start();

    /** Lets the device go; no call is under way any more. */
    Future<?> close();

    /** Makes the device as new for the session with this fence. */
    Future<?> reset(long fence);

    Future<Value> call(Id id, String method, List<Value> args);

    /** @param out takes the items, numbered, as far as there is credit */
    void open(OpenItems request, Consumer<Items> out);

    Future<ByteStream> openStream(String method);

    /** Makes room for a client's stream that a call will name. */
    Future<Ticket> openResource(@Nullable String encoding);

    /** The consumer of a streaming call takes so many items more. */
    void credit(Id id, int items);

    /** Nobody waits for this call any more; without effect on one that is over. */
    void cancel(Id id);

    /** Stops all that is under way. */
    void cancelAll();

    /** Stops all that is under way and tells the callers why, whether the driver lets go or not. */
    void expireAll(Throwable cause);
}
