package dev.rigbus.drivers.shell;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * What a script writes to one of its outputs, as text. It is read only where there is something to read: a process
 * that outlives the
 * script may hold the pipe open, and reading on would wait for it.
 */
final class ScriptOutput {
    private static final int MOST = 1024;

    private final InputStream in;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private byte[] incomplete = {};

    ScriptOutput(InputStream in) {
        this.in = in;
    }

    /** At most 1 KiB of what has been written since the last time; empty if there is nothing. */
    String poll() throws IOException {
        return decode(in.readNBytes(Math.min(MOST, in.available())), false);
    }

    /** All that is left; for a script that has ended. */
    String rest() throws IOException {
        return decode(in.readNBytes(in.available()), true);
    }

    /** Decodes the bytes after what the last ones left over: a character may have been cut in two. */
    private String decode(byte[] bytes, boolean last) {
        ByteBuffer input = ByteBuffer.allocate(incomplete.length + bytes.length)
                .put(incomplete)
                .put(bytes)
                .flip();
        CharBuffer output = CharBuffer.allocate(input.remaining() + 4);
        decoder.decode(input, output, last);
        if (last) {
            decoder.flush(output);
        }
        incomplete = new byte[input.remaining()];
        input.get(incomplete);
        return output.flip().toString();
    }
}
