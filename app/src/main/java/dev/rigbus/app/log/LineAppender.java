package dev.rigbus.app.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes log lines on a thread of its own. Whoever logs never waits, event loops least of all: when the reader of the log does not keep
 * up, lines are dropped, and a line that says how many takes their place.
 */
final class LineAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    static final int MOST_WAITING = 4096;

    private static final long DRAIN_MILLIS = 1000;

    /** Lines come in crowds: those that come so soon after one wait for each other. */
    private static final long GATHER_MILLIS = 2;

    private final BlockingQueue<ILoggingEvent> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicLong dropped = new AtomicLong();
    private final PrintStream out;
    private final LineFormat format;
    private final Thread writer = new Thread(this::write, "log");

    LineAppender(PrintStream out, LineFormat format) {
        this.out = out;
        this.format = format;
        writer.setDaemon(true);
    }

    @Override
    public void start() {
        super.start();
        writer.start();
    }

    /** Writes out what is waiting; gives up on a reader that takes nothing for a second. */
    @Override
    public void stop() {
        super.stop();
        try {
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DRAIN_MILLIS);
            while (!waiting.isEmpty() && System.nanoTime() < deadline) {
                writer.join(1);
            }
            writer.interrupt();
            writer.join(DRAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        event.getFormattedMessage(); // now, as the arguments may change before it is written
        if (!waiting.offer(event)) {
            dropped.incrementAndGet();
        }
    }

    private void write() {
        List<ILoggingEvent> lines = new ArrayList<>();
        try {
            while (true) {
                lines.add(waiting.take());
                write(lines);
                // To wake this thread costs the one who logs more than the line does.
                TimeUnit.MILLISECONDS.sleep(GATHER_MILLIS);
            }
        } catch (InterruptedException e) {
            write(lines); // the end
        }
    }

    /** Writes these lines and those that wait. */
    private void write(List<ILoggingEvent> lines) {
        waiting.drainTo(lines);
        lines.forEach(line -> out.print(format.line(line)));
        lines.clear();
        long lost = dropped.getAndSet(0);
        if (lost > 0) {
            out.print("... " + lost + " log lines dropped here\n");
        }
        out.flush();
    }
}
