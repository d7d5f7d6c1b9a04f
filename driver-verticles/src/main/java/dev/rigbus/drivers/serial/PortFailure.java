package dev.rigbus.drivers.serial;

/** The system's reason why a port cannot be had, on the side of the library. */
final class PortFailure extends Exception {
    static final int NO_SUCH_FILE = 2;
    static final int NOT_A_TERMINAL = 25;

    private static final long serialVersionUID = 1L;

    private final int errno;

    PortFailure(int errno) {
        super("errno " + errno, null, false, false);
        this.errno = errno;
    }

    int errno() {
        return errno;
    }
}
