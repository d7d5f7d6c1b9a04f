package dev.rigbus.drivers.serial;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.Legacy;
import dev.rigbus.drivers.serial.PortClient.Opened;
import dev.rigbus.drivers.serial.PortClient.Port;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The open ports of a serial driver on their way to its successor. A port stays open in its process and the stream to it connected; only who
 * looks after them is another.
 */
final class PortLegacy {
    /** Of the device: the processes, and the number of the last request to each. */
    private static final String PROCESSES = "processes";

    private static final String LAST_NUMBERS = "lastNumbers";

    /** Of a stream: the connection to the port, its process by its place in the list (-1 for none), and its number there. */
    private static final String CONNECTION = "connection";

    private static final String PROCESS = "process";
    private static final String PORT = "port";

    /** What has not been sent yet, and whether that is all that the client sends. */
    private static final String QUEUED = "queued";

    private static final String ENDING = "ending";

    private PortLegacy() {}

    /** @param open by the port, what the client has */
    static Future<Legacy> leave(Map<PortStream, ByteStream> open, PortClient ports, DriverContext context) {
        Set<PortProcess> used = new LinkedHashSet<>();
        for (PortStream stream : open.keySet()) {
            Port port = stream.opened().port();
            if (port != null) {
                used.add(port.process());
            }
        }
        List<PortProcess> order = List.copyOf(used);
        List<Legacy.Stream> streams = new ArrayList<>();
        open.forEach((stream, given) -> streams.add(new Legacy.Stream(given, state(stream, given, order))));
        return context.blocking(() -> ports.detach(order))
                .map(numbers -> new Legacy(
                        Map.of(
                                PROCESSES,
                                order.stream().map(PortProcess::process).toList(),
                                LAST_NUMBERS,
                                order.stream().map(numbers::get).toList()),
                        streams));
    }

    private static Map<String, ?> state(PortStream stream, ByteStream given, List<PortProcess> order) {
        Map<String, Object> state = new HashMap<>();
        Port port = stream.opened().port();
        state.put(CONNECTION, stream.opened().stream());
        state.put(PROCESS, port == null ? -1 : order.indexOf(port.process()));
        state.put(PORT, port == null ? 0 : port.number());
        if (given instanceof PacedStream paced) {
            state.put(ENDING, paced.isEnding());
            state.put(QUEUED, paced.stop());
        }
        return state;
    }

    /** @param serve makes what the client gets of a port */
    static Future<List<ByteStream>> take(
            Legacy legacy, PortClient ports, DriverContext context, Function<Opened, ByteStream> serve) {
        List<?> processes = value(legacy.device(), PROCESSES, List.class);
        List<?> numbers = value(legacy.device(), LAST_NUMBERS, List.class);
        return context.blocking(() -> {
                    Map<Integer, PortProcess> adopted = new LinkedHashMap<>();
                    for (int i = 0; i < processes.size(); i++) {
                        adopted.put(i, ports.adopt((Process) processes.get(i), (Integer) numbers.get(i)));
                    }
                    return adopted;
                })
                .map(adopted -> legacy.streams().stream()
                        .map(each -> goOn(each.state(), ports, adopted, serve))
                        .toList());
    }

    /** The other side may be a version that leaves something else. */
    private static <T> T value(Map<String, ?> legacy, String key, Class<T> type) {
        Object value = legacy.get(key);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("its legacy has no " + key);
        }
        return type.cast(value);
    }

    private static ByteStream goOn(
            Map<String, ?> state,
            PortClient ports,
            Map<Integer, PortProcess> adopted,
            Function<Opened, ByteStream> serve) {
        ByteStream connection = value(state, CONNECTION, ByteStream.class);
        PortProcess process = adopted.get(value(state, PROCESS, Integer.class));
        ByteStream served = serve.apply(
                process == null
                        ? Opened.plain(connection)
                        : ports.adopt(connection, process, value(state, PORT, Integer.class)));
        if (state.get(QUEUED) instanceof Buffer queued && queued.length() > 0) {
            served.write(queued);
        }
        if (Boolean.TRUE.equals(state.get(ENDING))) {
            served.end();
        }
        return served;
    }
}
