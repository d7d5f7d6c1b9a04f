package dev.rigbus.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of the loopback interface on which nobody listens. They are none that the system gives to whoever connects somewhere, which would
 * sometimes take one before the test does.
 */
public final class FreePorts {
    private static final int LOWEST = 10_240;
    private static final int HIGHEST = 20_000;

    private FreePorts() {}

    public static int one() {
        return first(1);
    }

    /** The first of several in a row. */
    public static int first(int count) {
        for (int attempt = 0; attempt < 200; attempt++) {
            int first = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST - count);
            if (areFree(first, count)) {
                return first;
            }
        }
        throw new UncheckedIOException(new IOException("no " + count + " ports in a row are free"));
    }

    private static boolean areFree(int first, int count) {
        for (int port = first; port < first + count; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                assert socket.isBound();
            } catch (IOException taken) {
                return false;
            }
        }
        return true;
    }
}
