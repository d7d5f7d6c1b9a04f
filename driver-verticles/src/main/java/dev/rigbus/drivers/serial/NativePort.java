package dev.rigbus.drivers.serial;

import com.fazecast.jSerialComm.SerialPort;
import com.fazecast.jSerialComm.SerialPortInvalidPortException;
import java.io.File;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A port that is open, through the native library. Lives in the process of {@link PortHost} and nowhere else. */
final class NativePort {
    // What a UART may hold beyond the system's buffer, in bits; and the least time, for terminals without a UART.
    private static final long FIFO_BITS = 64 * 10;
    private static final long LEAST_SETTLE_MILLIS = 100;
    private static final long MOST_SETTLE_MILLIS = 1000;

    private static final int TRY_AGAIN = 11;
    private static final long FULL_NANOS = 1_000_000;

    private final SerialPort port;
    private volatile long lastWrite;
    private volatile boolean written;

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
        // A write that waits for the wire cannot tell afterwards whether a port that vanished took its bytes.
        port.setComPortTimeouts(SerialPort.TIMEOUT_READ_SEMI_BLOCKING, 0, 0);
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

    /** Waits until the port takes some bytes; answers how many, or less than 1 when the port is gone or closed. */
    int write(byte[] from, int offset, int length) {
        int taken = port.writeBytes(from, length, offset);
        while (port.isOpen() && (taken == 0 || (taken < 0 && port.getLastErrorCode() == TRY_AGAIN))) {
            LockSupport.parkNanos(FULL_NANOS);
            taken = port.writeBytes(from, length, offset);
        }
        lastWrite = System.nanoTime();
        written = true;
        return taken;
    }

    void set(String line, boolean value) throws PortFailure {
        boolean done = line.equals("dtr")
                ? (value ? port.setDTR() : port.clearDTR())
                : (value ? port.setRTS() : port.clearRTS());
        if (!done) {
            throw new PortFailure(port.getLastErrorCode());
        }
    }

    /** Closes the port, once what was written is out: the library throws away what is still on its way. */
    void close() {
        try {
            settle();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        port.closePort();
    }

    private void settle() throws InterruptedException {
        long begin = System.nanoTime();
        while (written && port.bytesAwaitingWrite() > 0 && millisSince(begin) < MOST_SETTLE_MILLIS) {
            TimeUnit.MILLISECONDS.sleep(1);
            lastWrite = System.nanoTime();
        }
        long wanted =
                Math.max(LEAST_SETTLE_MILLIS, Math.min(MOST_SETTLE_MILLIS, FIFO_BITS * 1000 / port.getBaudRate()));
        long left = written ? wanted - millisSince(lastWrite) : 0;
        if (left > 0) {
            TimeUnit.MILLISECONDS.sleep(left);
        }
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }
}
