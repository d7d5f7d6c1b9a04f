package dev.rigbus.drivers.board;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.ExportStream;
import io.vertx.core.Future;
import java.io.OutputStream;

/** The serial console of a virtual board. It outlives the power: a reader sees one boot after the other. */
final class BoardSerial implements Driver {
    private final Board board;
    private final DriverContext context;

    BoardSerial(Board board, DriverContext context) {
        this.board = board;
        this.context = context;
    }

    @Override
    public String client() {
        return "jumpstarter_driver_pyserial.client.PySerialClient";
    }

    @ExportStream
    public Future<ByteStream> connect() {
        ConsoleReader reader = board.console().connect();
        return Future.succeededFuture(context.transports()
                .blocking(reader, new Keyboard(), () -> board.console().disconnect(reader)));
    }

    /** Ends the streams of all who are connected. */
    @Export("close")
    public Future<Void> closeStreams() {
        board.console().disconnectAll();
        return Future.succeededFuture();
    }

    @Export
    public Future<Void> setDtr(boolean value) {
        return setLine("DTR", value);
    }

    @Export
    public Future<Void> setRts(boolean value) {
        return setLine("RTS", value);
    }

    private Future<Void> setLine(String line, boolean value) {
        context.log().info("{} set to {}; a virtual board has nothing behind it", line, value);
        return Future.succeededFuture();
    }

    @Override
    public Future<?> close() {
        return closeStreams();
    }

    /** What a client writes is typed. Its end is no event: a serial line has none. */
    private final class Keyboard extends OutputStream {
        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            board.type(bytes, offset, length);
        }
    }
}
