package dev.rigbus.kernel.bench;

import dev.rigbus.kernel.pump.StreamFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What a pump does to each chunk: its head written into the room before it, and read again at the other end. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PumpFrames {
    /** The time must not depend on it. */
    @Param({"64", "65536"})
    public int bytes;

    @Benchmark
    public StreamFrames.Kind frame() {
        ByteBufAllocator alloc = ByteBufAllocator.DEFAULT;
        ByteBuf chunk = alloc.directBuffer(StreamFrames.HEAD_BYTES + bytes);
        chunk.setIndex(StreamFrames.HEAD_BYTES, StreamFrames.HEAD_BYTES + bytes);
        ByteBuf frame = StreamFrames.data(chunk, alloc);
        try {
            return StreamFrames.read(frame.skipBytes(5));
        } finally {
            frame.release();
        }
    }
}
