package dev.rigbus.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/** Unpacks the messages of a call whose {@code grpc-encoding} is gzip. */
final class GzipInflater {
    ByteBuf inflate(ByteBuf message, MessageLimit limit) {
        ByteBuf plain = message.alloc().heapBuffer(Math.max(256, message.readableBytes() * 2));
        try (GZIPInputStream in = new GZIPInputStream(new ByteBufInputStream(message))) {
            int read = 0;
            while (read >= 0) {
                read = plain.writeBytes(in, 8192);
                if (plain.readableBytes() > limit.bytes()) {
                    throw limit.exceededBy(plain.readableBytes());
                }
            }
            return plain;
        } catch (IOException e) {
            plain.release();
            throw new StatusException(Code.INTERNAL, "message is not gzip: " + e.getMessage());
        } catch (StatusException e) {
            plain.release();
            throw e;
        }
    }
}
