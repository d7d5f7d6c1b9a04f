package dev.rigbus.drivers.serial;

import dev.rigbus.drivers.python.Repr;
import java.io.IOException;
import java.util.Map;

/** What a serial port refused, in the words of the system. */
class PortException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final Map<Integer, String> TEXTS = Map.of(
            1, "Operation not permitted",
            2, "No such file or directory",
            5, "Input/output error",
            6, "No such device or address",
            13, "Permission denied",
            16, "Device or resource busy",
            19, "No such device",
            20, "Not a directory",
            22, "Invalid argument",
            25, "Inappropriate ioctl for device");

    PortException(String message) {
        super(message);
    }

    /** The process that would have answered is no more. */
    static final class Ended extends PortException {
        private static final long serialVersionUID = 1L;

        Ended() {
            super("the process that holds the serial port has ended; the next use starts a new one");
        }
    }

    static PortException cannotOpen(String path, int errno) {
        return new PortException(
                "[Errno " + errno + "] could not open port " + path + ": " + text(errno) + ": " + Repr.of(path));
    }

    static PortException cannotSet(String line, String path, int errno) {
        return new PortException(text(errno) + ": cannot set " + line + " of " + path);
    }

    private static String text(int errno) {
        return "[Errno " + errno + "] " + TEXTS.getOrDefault(errno, "Unknown error " + errno);
    }
}
