package dev.rigbus.drivers.board;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import dev.rigbus.drivers.power.PowerReading;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The state that the drivers of one virtual board share. Its methods may block. */
final class Board {
    private static final double VOLTS = 5;
    private static final double IDLE_AMPERES = 0.12;
    private static final double BUSY_AMPERES = 0.88;

    private final String name;
    private final Storage storage;
    private final Console console = new Console();
    private @Nullable Firmware firmware;
    private boolean on;
    private int boots;

    Board(String name, Storage storage) {
        this.name = name;
        this.storage = storage;
    }

    Storage storage() {
        return storage;
    }

    Console console() {
        return console;
    }

    synchronized boolean isOn() {
        return on;
    }

    /** The process of the running firmware; 0 where there is none. */
    synchronized long firmwarePid() {
        return firmware == null ? 0 : firmware.pid();
    }

    synchronized void powerOn() throws IOException {
        if (on) {
            return;
        }
        if (storage.position() != Storage.Position.DUT) {
            throw new DriverException(
                    Reason.FAILED_PRECONDITION,
                    "the board cannot boot: its storage is connected to "
                            + storage.position().name().toLowerCase(Locale.ROOT) + " (call dut first)");
        }
        on = true;
        boots++;
        console.forget();
        console.say("power on, boot " + boots);
        boot();
    }

    private void boot() throws IOException {
        Path image = storage.image();
        if (image == null) {
            console.say("boot ROM: the storage is empty; flash an image and switch the power off and on");
        } else if (!Firmware.isBootable(image)) {
            console.say(
                    "boot ROM: the image is not bootable (expected: a program of this machine, or a script that begins with #!)");
        } else {
            start(image);
        }
    }

    private void start(Path image) {
        try {
            firmware = Firmware.start(image, name, console);
        } catch (IOException e) {
            console.say("boot ROM: the image does not start: " + e.getMessage());
        }
    }

    synchronized void powerOff() {
        if (!on) {
            return;
        }
        on = false;
        if (firmware != null) {
            firmware.stop();
            firmware = null;
        }
        console.say("power off");
    }

    /** What is typed goes to the firmware; where none runs, nobody hears it. */
    void type(byte[] bytes, int offset, int length) {
        Firmware running;
        synchronized (this) {
            running = firmware;
        }
        if (running != null) {
            try {
                running.type(bytes, offset, length);
            } catch (IOException e) {
                // It has ended meanwhile, which the console says.
            }
        }
    }

    /** Replaces the image, whatever position the storage is in, and leaves it with the board. */
    void flash(StorageTask task) throws IOException {
        storage.connect(Storage.Position.HOST);
        try {
            task.run(storage);
        } finally {
            storage.connect(Storage.Position.DUT);
        }
    }

    /** A meter at the board's supply; each of them measures from its own last reading on. */
    Meter meter() {
        return new Meter();
    }

    private synchronized @Nullable Duration processorTime() {
        return on && firmware != null ? firmware.processorTime() : null;
    }

    /** Something to be done with the storage while the host has it. */
    @FunctionalInterface
    interface StorageTask {
        void run(Storage storage) throws IOException;
    }

    /** Reads volts, and amperes that follow the processor time of the firmware. */
    final class Meter {
        private long lastNanos = System.nanoTime();
        // None yet: processor time counts in hundredths of a second, too coarse for the moment before the first
        // reading.
        private @Nullable Duration lastTime;

        PowerReading read() {
            long now = System.nanoTime();
            Duration time = processorTime();
            double load = 0;
            if (time != null && lastTime != null && now > lastNanos) {
                load = Math.min(1, Math.max(0, time.minus(lastTime).toNanos() / (double) (now - lastNanos)));
            }
            lastNanos = now;
            lastTime = time;
            return isOn() ? new PowerReading(VOLTS, milli(IDLE_AMPERES + BUSY_AMPERES * load)) : new PowerReading(0, 0);
        }

        private double milli(double value) {
            return Math.round(value * 1000) / 1000.0;
        }
    }
}
