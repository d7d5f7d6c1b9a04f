package dev.rigbus.client.typed;

import dev.rigbus.client.Durations;
import dev.rigbus.client.RawStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A conversation over a console: send, and wait for what the device should say. For one thread. */
public final class Console implements AutoCloseable {
    private static final int MOST_KEPT = 1024 * 1024;

    private final RawStream stream;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final StringBuilder unread = new StringBuilder();
    private ByteBuffer undecoded = ByteBuffer.allocate(0);
    private Consumer<String> watcher = text -> {};

    /** A conversation over any stream. */
    public Console(RawStream stream) {
        this.stream = stream;
    }

    /**
     * What a device said.
     *
     * @param before all since the last match, up to this one
     * @param text what matched
     */
    public record Match(String before, String text) {}

    /** Is shown all that the device says, when it is read. */
    public Console watch(Consumer<String> listener) {
        watcher = listener;
        return this;
    }

    /** Sends text as it is. */
    public void send(String text) throws IOException {
        stream.send(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends a line, as if typed. */
    public void sendLine(String line) throws IOException {
        send(line + "\r");
    }

    /**
     * Waits until the device has said something that matches. The next call continues behind that.
     *
     * @param regex of {@link Pattern}, in which a dot matches line ends too
     * @throws ConsoleException when the device has not said it in time, or the stream ended before; the text shows what it said last
     */
    public Match expect(String regex, Duration limit) throws IOException {
        Pattern pattern = Pattern.compile(regex, Pattern.DOTALL);
        long deadlineNs = System.nanoTime() + limit.toNanos();
        while (true) {
            Matcher matcher = pattern.matcher(unread);
            if (matcher.find()) {
                Match match = new Match(unread.substring(0, matcher.start()), matcher.group());
                unread.delete(0, matcher.end());
                return match;
            }
            receive(regex, limit, deadlineNs - System.nanoTime());
        }
    }

    private void receive(String regex, Duration limit, long leftNs) throws IOException {
        try {
            byte[] bytes = stream.receive(Duration.ofNanos(Math.max(0, leftNs)));
            if (bytes == null) {
                throw new ConsoleException("the console ended while waiting for " + regex, unread);
            }
            take(bytes);
        } catch (TimeoutException e) {
            throw new ConsoleException(
                    "the console did not show " + regex + " within " + Durations.text(limit), unread);
        }
    }

    private void take(byte[] bytes) {
        ByteBuffer all = ByteBuffer.allocate(undecoded.remaining() + bytes.length)
                .put(undecoded)
                .put(bytes)
                .flip();
        CharBuffer text = CharBuffer.allocate(all.remaining() + 1);
        decoder.decode(all, text, false);
        undecoded = all.slice(); // the beginning of a character whose rest is under way
        String said = text.flip().toString();
        unread.append(said);
        if (unread.length() > MOST_KEPT) {
            unread.delete(0, unread.length() - MOST_KEPT);
        }
        watcher.accept(said);
    }

    @Override
    public void close() {
        stream.close();
    }
}
