package dev.rigbus.driver;

import io.vertx.core.Future;
import java.util.Map;

/**
 * Code that controls one device. One instance is one verticle, one uuid and one address on the event bus.
 *
 * <p>Clients reach the methods that are marked with {@link Export} and {@link ExportStream}, and no others. What such a method
 * returns decides how it is called:
 *
 * <table>
 *   <caption>Return types</caption>
 *   <tr><th>returns</th><th>is</th><th>runs on</th></tr>
 *   <tr><td>{@code Future<T>}</td><td>a call</td><td>the driver's event loop; it must not block</td></tr>
 *   <tr><td>any other value, or nothing</td><td>a call</td><td>a thread of the driver's own; it may block</td></tr>
 *   <tr><td>{@code ReadStream<T>}</td><td>a streaming call</td><td>the driver's event loop</td></tr>
 *   <tr><td>{@code java.util.stream.Stream<T>}, {@code Iterator<T>}</td><td>a streaming call</td><td>a thread of the call's own</td></tr>
 *   <tr><td>{@code Future<ByteStream>}, {@code ByteStream} with {@link ExportStream}</td><td>a raw stream</td><td>as the calls above</td></tr>
 * </table>
 *
 * <p>Calls to one driver run one after the other in the order in which they arrive, unless the class is marked {@link Concurrent}.
 * Streaming calls and raw streams start in that order and then run beside the calls. The constructor may block; it runs on a
 * thread of its own. A method that throws fails its call and leaves the driver running; {@link DriverException} says how the
 * client sees it.
 */
public interface Driver {
    /** The class that stands for this driver in the stock client, such as {@code jumpstarter_driver_power.client.PowerClient}. */
    String client();

    /** Labels of this instance beside those of the configuration; the keys {@code jumpstarter.dev/client} and {@code …/name} are taken. */
    default Map<String, String> labels() {
        return Map.of();
    }

    /** Help texts by command name (lower case, {@code -} for {@code _}) for the commands of the client. */
    default Map<String, String> methodDescriptions() {
        return Map.of();
    }

    /**
     * Children that this driver brings itself, by name, each made with {@link DriverContext#child(String)}. They come after those of the
     * configuration, are started after this driver and are full drivers to the client.
     */
    default Map<String, Driver> children() {
        return Map.of();
    }

    /**
     * Called once, before the first call, on the event loop. A failed future keeps the exporter from starting. Another instance for the same
     * device may still be in use, which this one is to replace.
     */
    default Future<?> start() {
        return Future.succeededFuture();
    }

    /**
     * Whether all is well, asked on the event loop between {@link #start()} and the first call, of an instance that is to take the place of
     * another while that is in use. A failed future, or none within ten seconds, leaves the other where it is.
     */
    default Future<?> probe() {
        return Future.succeededFuture();
    }

    /** Brings the device into its initial state; called when a session starts and by the Reset call. Children are reset by the host. */
    default Future<?> reset() {
        return Future.succeededFuture();
    }

    /**
     * Lets the device go; called once, on the event loop, after the last call. Children are closed by the host, after their parent. Timers and
     * whatever else the driver has started end here. Another instance for the same device may be in use already.
     */
    default Future<?> close() {
        return Future.succeededFuture();
    }
}
