package dev.rigbus.kernel.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.ExportStream;
import dev.rigbus.kernel.host.ExportedMethod.Kind;
import io.vertx.core.Future;
import io.vertx.core.streams.ReadStream;
import java.util.Iterator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DriverModelTest {
    abstract static class Base implements Driver {
        @Override
        public String client() {
            return "example.Client";
        }
    }

    static final class Good extends Base {
        @Export
        public void powerCycle() {}

        @Export("_hidden")
        public Future<Integer> hidden() {
            return Future.succeededFuture(1);
        }

        @Export
        public @Nullable ReadStream<String> lines() {
            return null;
        }

        @Export
        public Stream<String> words() {
            return Stream.of();
        }

        @Export
        public Iterator<String> more() {
            return Stream.of("").iterator();
        }

        @ExportStream
        public @Nullable Future<ByteStream> connect() {
            return null;
        }

        @ExportStream
        public @Nullable ByteStream open() {
            return null;
        }

        public void unmarked() {}
    }

    @Test
    void theReturnTypeDecidesTheKindAndTheThread() {
        DriverModel model = DriverModel.of(Good.class);

        assertThat(model.method("power_cycle", Kind.CALL).blocking()).isTrue();
        assertThat(model.method("_hidden", Kind.CALL).blocking()).isFalse();
        assertThat(model.method("lines", Kind.ITEMS).blocking()).isFalse();
        assertThat(model.method("words", Kind.ITEMS).blocking()).isTrue();
        assertThat(model.method("more", Kind.ITEMS).blocking()).isTrue();
        assertThat(model.method("connect", Kind.STREAM).blocking()).isFalse();
        assertThat(model.method("open", Kind.STREAM).blocking()).isTrue();
    }

    @Test
    void aMethodIsFoundOnlyByItsOwnKindOfCall() {
        DriverModel model = DriverModel.of(Good.class);

        assertThatThrownBy(() -> model.method("nothing", Kind.CALL))
                .isInstanceOf(DriverException.class)
                .hasMessage("method nothing not found on driver");
        assertThatThrownBy(() -> model.method("unmarked", Kind.CALL))
                .hasMessage("method unmarked missing marker marker_drivercall");
        assertThatThrownBy(() -> model.method("words", Kind.CALL))
                .hasMessage("method words missing marker marker_drivercall");
        assertThatThrownBy(() -> model.method("power_cycle", Kind.ITEMS))
                .hasMessage("method power_cycle missing marker marker_streamingdrivercall");
        assertThatThrownBy(() -> model.method("power_cycle", Kind.STREAM))
                .hasMessage("method power_cycle missing marker marker_streamcall");
    }

    static final class Twice extends Base {
        @Export
        public void on() {}

        @Export("on")
        public void switchOn() {}
    }

    static final class BothMarks extends Base {
        @Export
        @ExportStream
        public @Nullable ByteStream connect() {
            return null;
        }
    }

    static final class HiddenMethod extends Base {
        @Export
        void on() {}
    }

    static final class StaticMethod extends Base {
        @Export
        public static void on() {}
    }

    static final class OddParameter extends Base {
        @Export
        public void on(Thread thread) {}
    }

    static final class OddStream extends Base {
        @ExportStream
        public String connect() {
            return "";
        }
    }

    static final class StreamWithArguments extends Base {
        @ExportStream
        public @Nullable ByteStream connect(int port) {
            return null;
        }
    }

    static final class StreamAsCall extends Base {
        @Export
        public @Nullable Future<ByteStream> connect() {
            return null;
        }
    }

    static final class PrimitiveItems extends Base {
        @Export
        public IntStream numbers() {
            return IntStream.of(1);
        }
    }

    @Test
    void aWrongDeclarationIsRefusedWithClassMethodAndReason() {
        refused(Twice.class, "exports the name on, which");
        refused(BothMarks.class, "BothMarks.connect has both @Export and @ExportStream");
        refused(HiddenMethod.class, "HiddenMethod.on is exported but not public");
        refused(StaticMethod.class, "StaticMethod.on is exported but static");
        refused(OddParameter.class, "OddParameter.on its parameter");
        refused(OddStream.class, "OddStream.connect returns class java.lang.String (expected: ByteStream");
        refused(StreamWithArguments.class, "StreamWithArguments.connect has parameters");
        refused(StreamAsCall.class, "StreamAsCall.connect returns a ByteStream (expected: @ExportStream");
        refused(PrimitiveItems.class, "PrimitiveItems.numbers returns IntStream (expected: java.util.stream.Stream)");
    }

    private static void refused(Class<?> type, String reason) {
        assertThatThrownBy(() -> DriverModel.of(type))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }
}
