package dev.rigbus.drivers.board;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A board made of software. Its children are what a board on a bench has: {@code power}, {@code serial}, {@code
 * storage} and
 * {@code flasher}. Switched on, it runs what was flashed, under a terminal that is the serial console.
 */
public final class VirtualBoard implements Driver {
    private final DriverContext context;
    private final Board board;
    private final Map<String, Driver> children = new LinkedHashMap<>();

    VirtualBoard(BoardConfig config, DriverContext context) throws IOException {
        this.context = context;
        this.board = new Board(context.path(), Storage.open(config.directory()));
        children.put("power", new BoardPower(board, context.child("power")));
        children.put("serial", new BoardSerial(board, context.child("serial")));
        children.put("storage", new BoardStorage(board, context.child("storage")));
        children.put("flasher", new BoardFlasher(board, context.child("flasher")));
    }

    /** A firmware to begin with: it boots, asks for a login and knows a few commands. */
    public static InputStream demoFirmware() {
        InputStream script = VirtualBoard.class.getResourceAsStream("demo-firmware.sh");
        if (script == null) {
            throw new IllegalStateException("demo-firmware.sh is missing in this build");
        }
        return script;
    }

    @Override
    public String client() {
        return "jumpstarter_driver_composite.client.CompositeClient";
    }

    @Override
    public Map<String, Driver> children() {
        return children;
    }

    /** A new session is shown nothing that an earlier one left unread. The power stays as it is. */
    @Override
    public Future<?> reset() {
        board.console().forget();
        return Future.succeededFuture();
    }

    @Override
    public Future<?> close() {
        return context.blocking(() -> {
            board.powerOff();
            board.console().disconnectAll();
            board.storage().close();
            return null;
        });
    }

    Board board() {
        return board;
    }
}
