package dev.rigbus.kernel.pump;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/** Leaves room before what is read from a device, so that a frame's head can be written there instead of into a buffer of its own. */
final class HeadroomAllocator implements RecvByteBufAllocator {
    private static final int MOST_BYTES = 64 * 1024;

    private final RecvByteBufAllocator sizes = new AdaptiveRecvByteBufAllocator(512, 4096, MOST_BYTES);

    @Override
    public Handle newHandle() {
        return new HeadroomHandle((ExtendedHandle) sizes.newHandle());
    }

    private static final class HeadroomHandle implements ExtendedHandle {
        private final ExtendedHandle sizes;

        HeadroomHandle(ExtendedHandle sizes) {
            this.sizes = sizes;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator alloc) {
            int guess = sizes.guess();
            int capacity = guess + StreamFrames.HEAD_BYTES;
            return alloc.ioBuffer(capacity, capacity).setIndex(StreamFrames.HEAD_BYTES, StreamFrames.HEAD_BYTES);
        }

        @Override
        public int guess() {
            return sizes.guess();
        }

        @Override
        public void reset(ChannelConfig config) {
            sizes.reset(config);
        }

        @Override
        public void incMessagesRead(int messages) {
            sizes.incMessagesRead(messages);
        }

        @Override
        public void lastBytesRead(int bytes) {
            sizes.lastBytesRead(bytes);
        }

        @Override
        public int lastBytesRead() {
            return sizes.lastBytesRead();
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            sizes.attemptedBytesRead(bytes);
        }

        @Override
        public int attemptedBytesRead() {
            return sizes.attemptedBytesRead();
        }

        @Override
        public boolean continueReading() {
            return sizes.continueReading();
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            return sizes.continueReading(maybeMore);
        }

        @Override
        public void readComplete() {
            sizes.readComplete();
        }
    }
}
