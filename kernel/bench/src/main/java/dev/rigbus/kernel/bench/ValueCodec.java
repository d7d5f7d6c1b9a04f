package dev.rigbus.kernel.bench;

import com.google.protobuf.Value;
import dev.rigbus.kernel.value.Values;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A reading, as a driver returns it, to its form on the wire and back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ValueCodec {
    private final Map<String, Object> reading =
            Map.of("voltage", 5.0, "current", 0.25, "on", true, "rails", List.of("vbus", "vcc"));
    private final Value value = Values.encode(reading);

    @Benchmark
    public Value encode() {
        return Values.encode(reading);
    }

    @Benchmark
    public @Nullable Object decode() {
        return Values.decode(value);
    }
}
