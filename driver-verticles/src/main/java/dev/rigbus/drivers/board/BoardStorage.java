package dev.rigbus.drivers.board;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.Resource;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.Locale;

/** The storage of a virtual board behind a switch: the host or the board has it, or nobody. */
final class BoardStorage implements Driver {
    private final Board board;
    private final DriverContext context;

    BoardStorage(Board board, DriverContext context) {
        this.board = board;
        this.context = context;
    }

    @Override
    public String client() {
        return "jumpstarter_driver_opendal.client.StorageMuxFlasherClient";
    }

    @Export
    public Future<Void> host() {
        return connect(Storage.Position.HOST);
    }

    @Export
    public Future<Void> dut() {
        return connect(Storage.Position.DUT);
    }

    @Export
    public Future<Void> off() {
        return connect(Storage.Position.OFF);
    }

    @Export
    public void write(Resource source) throws IOException {
        board.storage().write(source);
    }

    @Export
    public void read(Resource target) throws IOException {
        board.storage().read(target);
    }

    private Future<Void> connect(Storage.Position position) {
        context.log().info("storage connected to {}", position.name().toLowerCase(Locale.ROOT));
        board.storage().connect(position);
        return Future.succeededFuture();
    }
}
