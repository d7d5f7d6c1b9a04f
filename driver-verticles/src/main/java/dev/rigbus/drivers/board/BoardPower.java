package dev.rigbus.drivers.board;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.Export;
import dev.rigbus.drivers.power.PowerReading;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The supply of a virtual board. */
final class BoardPower implements Driver {
    private final Board board;
    private final DriverContext context;

    BoardPower(Board board, DriverContext context) {
        this.board = board;
        this.context = context;
    }

    @Override
    public String client() {
        return "jumpstarter_driver_power.client.PowerClient";
    }

    @Export
    public void on() throws IOException {
        context.log().info("power on");
        board.powerOn();
    }

    @Export
    public void off() {
        context.log().info("power off");
        board.powerOff();
    }

    /** A reading at once and one per second, until the client stops listening. */
    @Export
    public Stream<PowerReading> read() {
        Board.Meter meter = board.meter();
        return Stream.iterate(meter.read(), last -> {
            awaitNext();
            return meter.read();
        });
    }

    private static void awaitNext() {
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("nobody reads the meter any more");
        }
    }
}
