package dev.rigbus.client.typed;

import dev.rigbus.client.DriverNode;
import dev.rigbus.client.ItemStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A power switch. */
public final class PowerClient {
    private final DriverNode driver;

    public PowerClient(DriverNode driver) {
        this.driver = driver;
    }

    public void on() {
        driver.call("on");
    }

    public void off() {
        driver.call("off");
    }

    /** Off, a while, and on. */
    public void cycle(Duration pause) throws InterruptedException {
        off();
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        on();
    }

    /** Starts the device into its rescue mode, where the switch can. */
    public void rescue() {
        driver.call("rescue");
    }

    /** The measurements, as they come; how many there are depends on the driver. Close them unless read to their end. */
    public Readings read() {
        return new Readings(driver.streamingCall("read"));
    }

    /** Measurements of a power supply. For one thread. */
    public static final class Readings implements Iterator<PowerReading>, AutoCloseable {
        private final ItemStream items;

        Readings(ItemStream items) {
            this.items = items;
        }

        @Override
        public boolean hasNext() {
            return items.hasNext();
        }

        @Override
        public PowerReading next() {
            return reading(items.next());
        }

        private static PowerReading reading(@Nullable Object item) {
            if (item instanceof Map<?, ?> map
                    && map.get("voltage") instanceof Double volts
                    && map.get("current") instanceof Double amperes) {
                return new PowerReading(volts, amperes);
            }
            throw new IllegalStateException(
                    "no reading of a power supply: " + item + " (expected: voltage and current)");
        }

        @Override
        public void close() {
            items.close();
        }
    }
}
