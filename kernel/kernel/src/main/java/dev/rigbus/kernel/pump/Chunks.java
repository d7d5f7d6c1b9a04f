package dev.rigbus.kernel.pump;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the chunks of a stream together on their way over a connection, as a datagram or a message is one: each goes behind its length, and
 * is told as a whole. One that is larger than devices make them is told in pieces.
 */
public final class Chunks implements RawStream {
    static final int MOST_WHOLE = 1 << 20;
    private static final int SMALL = 2048;

    private final RawStream line;
    private final int mostWhole;

    /** @param line whose other end is one of these too */
    public Chunks(RawStream line) {
        this(line, MOST_WHOLE);
    }

    /** @param mostWhole bytes; a larger chunk is told in pieces */
    public Chunks(RawStream line, int mostWhole) {
        this.line = line;
        this.mostWhole = mostWhole;
    }

    @Override
    public EventLoop eventLoop() {
        return line.eventLoop();
    }

    @Override
    public void start(Receiver receiver) {
        line.start(new Reader(receiver));
    }

    @Override
    public void write(ByteBuf chunk) {
        int length = chunk.readableBytes();
        if (length > SMALL) {
            line.write(Unpooled.buffer(Integer.BYTES).writeInt(length));
            line.write(chunk);
            return;
        }
        // In one piece it is read in one piece: to copy it costs less than to put it together again at the other end.
        ByteBuf whole = ByteBufAllocator.DEFAULT
                .buffer(Integer.BYTES + length)
                .writeInt(length)
                .writeBytes(chunk);
        chunk.release();
        line.write(whole);
    }

    @Override
    public void flush() {
        line.flush();
    }

    @Override
    public boolean isWritable() {
        return line.isWritable();
    }

    @Override
    public void end() {
        line.end();
    }

    @Override
    public void pause() {
        line.pause();
    }

    @Override
    public void resume() {
        line.resume();
    }

    @Override
    public void close() {
        line.close();
    }

    private final class Reader implements Receiver {
        private final Receiver receiver;
        private @Nullable ByteBuf read;
        /** How much of a large chunk is still to come. */
        private int rest;

        Reader(Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public void data(ByteBuf bytes) {
            ByteBuf all = read == null
                    ? bytes
                    : ByteToMessageDecoder.COMPOSITE_CUMULATOR.cumulate(bytes.alloc(), read, bytes);
            read = null;
            while (tell(all)) {
                // One after the other.
            }
            if (all.isReadable()) {
                read = all;
            } else {
                all.release();
            }
        }

        /** Tells the next chunk if it is there. */
        private boolean tell(ByteBuf all) {
            if (rest > 0) {
                int piece = Math.min(rest, all.readableBytes());
                rest -= piece;
                return piece > 0 && told(all, piece);
            }
            if (all.readableBytes() < Integer.BYTES) {
                return false;
            }
            int length = all.getInt(all.readerIndex());
            if (length > mostWhole) {
                all.skipBytes(Integer.BYTES);
                rest = length;
                return true;
            }
            if (all.readableBytes() - Integer.BYTES < length) {
                return false;
            }
            all.skipBytes(Integer.BYTES);
            return told(all, length);
        }

        private boolean told(ByteBuf all, int length) {
            receiver.data(all.readRetainedSlice(length));
            return true;
        }

        @Override
        public void readComplete() {
            receiver.readComplete();
        }

        @Override
        public void ended() {
            drop();
            receiver.ended();
        }

        @Override
        public void failed(Throwable cause) {
            drop();
            receiver.failed(cause);
        }

        private void drop() {
            if (read != null) {
                read.release();
                read = null;
            }
        }

        @Override
        public void writable() {
            receiver.writable();
        }
    }
}
