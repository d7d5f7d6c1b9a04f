package dev.rigbus.kernel.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PipeInputTest {
    private static final int CHUNK = 256 * 1024;

    private final AtomicInteger told = new AtomicInteger();
    private final PipeInput input = new PipeInput(told::incrementAndGet);

    private void fill() {
        while (input.isWritable()) {
            input.add(Unpooled.wrappedBuffer(new byte[CHUNK]));
        }
    }

    @Test
    void whoHasToWaitIsToldToGoOnEvenIfItLooksAgain() throws Exception {
        fill();
        byte[] read = new byte[CHUNK];
        while (told.get() == 0 && input.available() > 0) {
            assertThat(input.read(read)).isEqualTo(CHUNK);
            if (told.get() == 0) {
                assertThat(input.isWritable()).isFalse();
            }
        }
        assertThat(told).hasValue(1);
        assertThat(input.available()).isPositive();
        assertThat(input.isWritable()).isTrue();
    }

    @Test
    void nobodyWaitsForWhatIsDropped() {
        fill();
        input.drop();
        assertThat(input.isWritable()).isTrue();
    }
}
