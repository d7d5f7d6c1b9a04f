package dev.rigbus.drivers.board;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.Resource;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Flashes a virtual board in one step: takes the storage to the host, writes, and gives it back to the board. */
final class BoardFlasher implements Driver {
    private static final String PARTITION = "firmware";

    private final Board board;
    private final DriverContext context;

    BoardFlasher(Board board, DriverContext context) {
        this.board = board;
        this.context = context;
    }

    @Override
    public String client() {
        return "jumpstarter_driver_opendal.client.FlasherClient";
    }

    @Export
    public void flash(Resource source, @Nullable String partition) throws IOException {
        check(partition);
        context.log().info("flashing");
        board.flash(storage -> storage.write(source));
        context.log().info("flashed; the image runs from the next power on");
    }

    @Export
    public void dump(Resource target, @Nullable String partition) throws IOException {
        check(partition);
        board.flash(storage -> storage.read(target));
    }

    private static void check(@Nullable String partition) {
        if (partition != null && !partition.equals(PARTITION)) {
            throw new IllegalArgumentException("partition: " + partition + " (expected: " + PARTITION + ", or none)");
        }
    }
}
