package dev.rigbus.client.typed;

import dev.rigbus.client.DriverNode;
import dev.rigbus.client.RawStream;

/** A serial port, or anything else that talks text over a stream. */
public final class SerialConsole {
    private final DriverNode driver;

    public SerialConsole(DriverNode driver) {
        this.driver = driver;
    }

    /** Opens the console; what the device says is kept from now on. */
    public Console open() {
        return new Console(stream());
    }

    /** Opens the port for bytes as they are. */
    public RawStream stream() {
        return driver.stream("connect");
    }

    /** Sets the line "data terminal ready". */
    public void setDtr(boolean high) {
        driver.call("set_dtr", high);
    }

    /** Sets the line "request to send". */
    public void setRts(boolean high) {
        driver.call("set_rts", high);
    }

    /** Closes the port for everybody who has it open. */
    public void disconnect() {
        driver.call("close");
    }
}
