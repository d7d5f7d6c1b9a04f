package dev.rigbus.client;

/** A serial console, or anything else that talks text over a stream. */
public final class ConsoleClient {
    private final DriverNode driver;

    public ConsoleClient(DriverNode driver) {
        this.driver = driver;
    }

    /** Opens the console; what the device says is kept from now on. */
    public Console open() {
        return new Console(driver.stream("connect"));
    }
}
