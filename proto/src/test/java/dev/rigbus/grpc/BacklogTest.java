package dev.rigbus.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final int MIB = 1024 * 1024;

    private final AtomicLong all = new AtomicLong();

    private boolean reads(Backlog backlog, EmbeddedChannel channel, int change) {
        backlog.change(channel, change);
        assertThat(channel.config().isAutoRead()).isEqualTo(!backlog.isStopped());
        return channel.config().isAutoRead();
    }

    @Test
    void oneSlowReaderIsReadFromAsLongAsThereIsRoom() {
        assertThat(reads(new Backlog(all, 4 * MIB), new EmbeddedChannel(), 3 * MIB))
                .isTrue();
    }

    @Test
    void manySlowReadersAreStoppedAndEachGoesOnWhenItHasCaughtUp() {
        Backlog one = new Backlog(all, 4 * MIB);
        Backlog other = new Backlog(all, 4 * MIB);
        EmbeddedChannel first = new EmbeddedChannel();
        EmbeddedChannel second = new EmbeddedChannel();
        assertThat(reads(one, first, 3 * MIB)).isTrue();
        assertThat(reads(other, second, 2 * MIB)).isFalse();
        assertThat(reads(one, first, 1)).isFalse();
        assertThat(reads(one, first, -MIB)).isFalse();
        assertThat(reads(one, first, -2 * MIB)).isTrue();
        assertThat(reads(other, second, -2 * MIB)).isTrue();
        assertThat(all.get()).isEqualTo(1);
    }

    @Test
    void whoHasHardlyAnythingWaitingIsNeverStopped() {
        Backlog full = new Backlog(all, MIB);
        assertThat(reads(full, new EmbeddedChannel(), 2 * MIB)).isFalse();
        assertThat(reads(new Backlog(all, MIB), new EmbeddedChannel(), 100_000)).isTrue();
    }
}
