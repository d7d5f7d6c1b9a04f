package dev.rigbus.kernel.session;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The log of one exporter on its way to the clients. Every reader gets every line from when it comes; what was logged while there was no
 * reader waits for the first one, the newest lines only. Safe for any thread; a slow reader loses its own oldest lines and holds up nobody.
 */
public final class LogHub {
    private static final int MOST_WAITING = 256;

    private final List<Reader> readers = new CopyOnWriteArrayList<>();
    private final Deque<LogEntry> unread = new ArrayDeque<>();

    public void add(LogEntry entry) {
        synchronized (unread) {
            if (readers.isEmpty()) {
                push(unread, entry);
                return;
            }
        }
        for (Reader reader : readers) {
            reader.add(entry);
        }
    }

    /** @param wake told, on any thread, when there is something to poll after there was nothing */
    public Reader read(Runnable wake) {
        Reader reader = new Reader(wake);
        synchronized (unread) {
            reader.waiting.addAll(unread);
            unread.clear();
            readers.add(reader);
        }
        return reader;
    }

    /** Draws a line: what was logged until now is shown to nobody, and who reads now reads nothing of what follows. */
    public void forget() {
        synchronized (unread) {
            unread.clear();
            readers.clear();
        }
    }

    private static void push(Deque<LogEntry> queue, LogEntry entry) {
        if (queue.size() == MOST_WAITING) {
            queue.removeFirst();
        }
        queue.addLast(entry);
    }

    /** The lines for one client. */
    public final class Reader {
        private final Deque<LogEntry> waiting = new ArrayDeque<>();
        private final Runnable wake;

        private Reader(Runnable wake) {
            this.wake = wake;
        }

        private void add(LogEntry entry) {
            boolean first;
            synchronized (this) {
                first = waiting.isEmpty();
                push(waiting, entry);
            }
            if (first) {
                wake.run();
            }
        }

        public synchronized @Nullable LogEntry poll() {
            return waiting.pollFirst();
        }

        public void close() {
            readers.remove(this);
        }
    }
}
