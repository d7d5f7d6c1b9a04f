package dev.rigbus.drivers.serial;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.ExportStream;
import dev.rigbus.driver.HandsOver;
import dev.rigbus.driver.Legacy;
import dev.rigbus.drivers.serial.PortClient.Opened;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A serial port, 8N1. It is opened by each stream and released when that stream ends, so that it is free for others
 * in between.
 * Bytes pass unmodified.
 */
public final class PySerial implements HandsOver {
    private final SerialConfig config;
    private final DriverContext context;
    private final PortClient ports;
    /** By the port, what the client has. */
    private final Map<PortStream, ByteStream> open = new LinkedHashMap<>();

    PySerial(SerialConfig config, DriverContext context) {
        this.config = config;
        this.context = context;
        this.ports = new PortClient(config, context);
    }

    @Override
    public String client() {
        return "jumpstarter_driver_pyserial.client.PySerialClient";
    }

    @Override
    public Future<?> start() {
        // To open a port a second time throws away what is on its way for who has it already.
        boolean check = config.checkPresent() && !config.isLoop() && !context.isSuccessor();
        return check ? touch() : Future.succeededFuture();
    }

    /** Opens the port for one client. */
    @ExportStream
    public Future<ByteStream> connect() {
        return open().map(this::serve);
    }

    private ByteStream serve(Opened opened) {
        PortStream stream = new PortStream(opened);
        stream.onClose(() -> open.remove(stream));
        ByteStream served =
                config.interval() == null ? stream : new PacedStream(stream, context.vertx(), config.interval());
        open.put(stream, served);
        return served;
    }

    /** Ends the streams that are open and releases the port. */
    @Export("close")
    public Future<Void> closePort() {
        return Future.join(List.copyOf(open.keySet()).stream()
                        .map(PortStream::finish)
                        .toList())
                .mapEmpty();
    }

    @Export
    public Future<Void> setDtr(boolean value) {
        return setLine("dtr", value);
    }

    @Export
    public Future<Void> setRts(boolean value) {
        return setLine("rts", value);
    }

    @Override
    public Future<?> close() {
        return closePort().eventually(ports::close);
    }

    @Override
    public Future<Legacy> handOver() {
        Map<PortStream, ByteStream> handed = new LinkedHashMap<>(open);
        open.clear();
        return PortLegacy.leave(handed, ports, context);
    }

    @Override
    public Future<List<ByteStream>> takeOver(Legacy legacy) {
        return PortLegacy.take(legacy, ports, context, this::serve);
    }

    PortClient ports() {
        return ports;
    }

    private Future<Void> setLine(String line, boolean value) {
        if (config.isLoop() || config.isSocket()) {
            // Nothing is there to be set; a stock driver passes over it, once it could open the port.
            return config.isLoop() ? Future.succeededFuture() : touch();
        }
        return ports.setLine(line, value);
    }

    private Future<Opened> open() {
        if (config.isLoop()) {
            return Future.succeededFuture(Opened.plain(context.transports().loop()));
        }
        if (config.isSocket()) {
            return context.transports()
                    .tcp(config.socket().getHost(), config.socket().getPort())
                    .map(Opened::plain);
        }
        return ports.open();
    }

    /** Opens the port and releases it again. */
    private Future<Void> touch() {
        return open().compose(opened -> opened.stream().close().eventually(opened.release()));
    }
}
