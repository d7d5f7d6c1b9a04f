package dev.rigbus.drivers.board;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The serial console: everyone who is connected sees the same bytes. What came while nobody was connected goes to
 * the first who
 * is, but for bytes of an earlier boot, which nobody may take for new ones.
 */
final class Console {
    private final List<ConsoleReader> readers = new ArrayList<>();
    private ConsoleReader unseen = new ConsoleReader();

    synchronized ConsoleReader connect() {
        ConsoleReader reader = readers.isEmpty() ? unseen : new ConsoleReader();
        unseen = new ConsoleReader();
        readers.add(reader);
        return reader;
    }

    synchronized void disconnect(ConsoleReader reader) {
        readers.remove(reader);
        reader.close();
    }

    /** Ends the streams of all who are connected. */
    synchronized void disconnectAll() {
        List.copyOf(readers).forEach(this::disconnect);
    }

    synchronized void print(byte[] bytes) {
        if (readers.isEmpty()) {
            unseen.add(bytes);
        } else {
            readers.forEach(reader -> reader.add(bytes));
        }
    }

    /** A line of the board itself, between what its firmware prints. */
    void say(String text) {
        print(("\r\n[board] " + text + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Drops what nobody has seen. */
    synchronized void forget() {
        unseen = new ConsoleReader();
    }

    /** How much nobody has seen yet. */
    synchronized int waitingBytes() {
        return unseen.available();
    }
}
