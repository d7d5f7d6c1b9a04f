package dev.rigbus.drivers.serial;

import com.fazecast.jSerialComm.SerialPort;
import com.fazecast.jSerialComm.SerialPortInvalidPortException;
import java.io.File;
import java.io.IOException;

/** A port that is open, through the native library. Lives in the process of {@link PortHost} and nowhere else. */
final class NativePort {
    private final SerialPort port;

    private NativePort(SerialPort port) {
        this.port = port;
    }

    static NativePort open(String path, int baudrate, boolean disableHupcl) throws PortFailure {
        SerialPort port;
        try {
            port = SerialPort.getCommPort(path);
        } catch (SerialPortInvalidPortException e) {
            throw new PortFailure(new File(path).exists() ? PortFailure.NOT_A_TERMINAL : PortFailure.NO_SUCH_FILE);
        }
        // As with stock drivers, a port is shared with who else opens it.
        port.disableExclusiveLock();
        port.setComPortParameters(baudrate, 8, SerialPort.ONE_STOP_BIT, SerialPort.NO_PARITY);
        port.setComPortTimeouts(SerialPort.TIMEOUT_READ_SEMI_BLOCKING | SerialPort.TIMEOUT_WRITE_BLOCKING, 0, 0);
        if (!port.openPort(0)) {
            throw new PortFailure(new File(path).exists() ? port.getLastErrorCode() : PortFailure.NO_SUCH_FILE);
        }
        if (disableHupcl) {
            keepLinesOnClose(path);
        }
        return new NativePort(port);
    }

    /** The library has no word for this flag of the terminal. */
    private static void keepLinesOnClose(String path) {
        try {
            Process stty = new ProcessBuilder("stty", "-F", path, "-hupcl")
                    .redirectErrorStream(true)
                    .start();
            stty.getOutputStream().close();
            if (stty.waitFor() != 0) {
                System.err.println("stty -F " + path + " -hupcl: "
                        + new String(stty.getInputStream().readAllBytes()).strip());
            }
        } catch (IOException e) {
            System.err.println("cannot clear HUPCL of " + path + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for at least one byte; answers 0 or less when the port is gone or closed. */
    int read(byte[] into) {
        return port.readBytes(into, into.length);
    }

    /** Answers how many bytes were written, 0 or less when the port is gone or closed. */
    int write(byte[] from, int offset, int length) {
        return port.writeBytes(from, length, offset);
    }

    void set(String line, boolean value) throws PortFailure {
        boolean done = line.equals("dtr")
                ? (value ? port.setDTR() : port.clearDTR())
                : (value ? port.setRTS() : port.clearRTS());
        if (!done) {
            throw new PortFailure(port.getLastErrorCode());
        }
    }

    void close() {
        port.closePort();
    }
}
