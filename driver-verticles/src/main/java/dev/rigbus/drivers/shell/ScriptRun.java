package dev.rigbus.drivers.shell;

import dev.rigbus.driver.DriverContext;
import dev.rigbus.drivers.process.ProcessGroup;
import dev.rigbus.drivers.python.Repr;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterators;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** One run of a script, from its start until no process of it is left. */
final class ScriptRun implements Iterator<List<@Nullable Object>> {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int TIMED_OUT = 199;

    private final DriverContext context;
    private final String method;
    private final List<String> command;
    private final Duration timeout;
    private final ProcessGroup group;
    private final Consumer<ScriptRun> onEnd;
    private final ScriptOutput out;
    private final ScriptOutput err;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final long timer;
    private volatile boolean timedOut;
    private boolean idle = true;
    private boolean done;

    private ScriptRun(
            DriverContext context,
            String method,
            List<String> command,
            Duration timeout,
            ProcessGroup group,
            Consumer<ScriptRun> onEnd) {
        this.context = context;
        this.method = method;
        this.command = command;
        this.timeout = timeout;
        this.group = group;
        this.onEnd = onEnd;
        this.out = new ScriptOutput(group.leader().getInputStream());
        this.err = new ScriptOutput(group.leader().getErrorStream());
        // A timer rather than a look at the clock between two items: a client that takes no items must not keep the
        // script alive.
        this.timer = context.vertx().setTimer(timeout.toMillis(), id -> expire());
    }

    static ScriptRun start(
            DriverContext context,
            String method,
            ProcessBuilder builder,
            List<String> command,
            Duration timeout,
            Consumer<ScriptRun> onEnd)
            throws IOException {
        builder.redirectInput(new File("/dev/null"));
        return new ScriptRun(context, method, command, timeout, ProcessGroup.start(builder), onEnd);
    }

    /** The items of this run; closing the stream ends the script. */
    Stream<List<@Nullable Object>> items() {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(this, 0), false)
                .onClose(this::close);
    }

    @Override
    public boolean hasNext() {
        return !done;
    }

    @Override
    public List<@Nullable Object> next() {
        try {
            if (done) {
                throw new NoSuchElementException();
            }
            while (true) {
                // The first item may wait: a script that ends at once then answers with one item.
                boolean exited = group.leader().waitFor(idle ? POLL.toMillis() : 0, TimeUnit.MILLISECONDS);
                if (exited) {
                    return last();
                }
                String stdout = out.poll();
                String stderr = err.poll();
                idle = stdout.isEmpty() && stderr.isEmpty();
                if (!idle) {
                    return Arrays.asList(stdout, stderr, null);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new CancellationException(method + " was cancelled");
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the script and everything that it started; the second time does nothing. Blocks. */
    void close() {
        context.vertx().cancelTimer(timer);
        if (ended.compareAndSet(false, true)) {
            try {
                if (group.leader().isAlive()) {
                    group.end();
                } else {
                    group.kill();
                }
            } finally {
                onEnd.accept(this);
            }
        }
    }

    private List<@Nullable Object> last() throws IOException {
        done = true;
        // Before the rest of the output is read, so that a process left behind cannot go on writing.
        close();
        String stdout = out.rest();
        String stderr = err.rest();
        if (!timedOut) {
            return Arrays.asList(stdout, stderr, group.leader().exitValue());
        }
        context.log().warn("{} timed out after {} s and was ended", method, timeout.toSeconds());
        String text = "\nTimeout expired while running " + method + ": Command '" + Repr.of(command)
                + "' timed out after " + timeout.toSeconds() + " seconds\n";
        return Arrays.asList(stdout, stderr + text, TIMED_OUT);
    }

    private void expire() {
        timedOut = true;
        context.blocking(() -> {
            group.end();
            return null;
        });
    }
}
