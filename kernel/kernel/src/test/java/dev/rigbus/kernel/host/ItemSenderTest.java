package dev.rigbus.kernel.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Value;
import dev.rigbus.kernel.call.DriverMessage.Failure;
import dev.rigbus.kernel.call.DriverMessage.Id;
import dev.rigbus.kernel.call.DriverMessage.Items;
import dev.rigbus.kernel.value.Values;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ItemSenderTest {
    private final Turns turns = new Turns();
    private final List<Items> sent = new ArrayList<>();
    private final ItemSender sender = new ItemSender(new Id("here", 1), turns, sent::add);

    @Test
    void whatComesAloneLeavesAtOnce() {
        for (int i = 0; i < 3; i++) {
            add(1);
            turns.turn();
        }

        assertThat(sizes()).containsExactly(1, 1, 1);
        assertThat(turns.delayed).isEmpty();
    }

    @Test
    void itemsOfOneTurnTravelTogether() {
        add(5);
        turns.turn();

        assertThat(sizes()).containsExactly(5);
    }

    @Test
    void afterSeveralInATurnTheNextWaitAMoment() {
        add(2);
        turns.turn();
        add(1);
        turns.turn();
        add(1);
        turns.turn();
        assertThat(sizes()).containsExactly(2);

        turns.time();
        assertThat(sizes()).containsExactly(2, 2);
    }

    @Test
    void nobodyWaitsForAFullBatch() {
        add(2);
        turns.turn();
        add(64);
        turns.turn();

        assertThat(sizes()).containsExactly(2, 64);
        assertThat(turns.delayed).hasSize(1);
    }

    @Test
    void afterAMomentWithoutItemsTheNextLeavesAtOnce() {
        add(2);
        turns.turn();
        turns.time();
        add(1);
        turns.turn();

        assertThat(sizes()).containsExactly(2, 1);
    }

    @Test
    void theEndWaitsForNothingAndTakesAllAlong() {
        add(2);
        turns.turn();
        add(3);
        sender.end(new Failure(2, "broken"));
        turns.turn();
        turns.time();

        assertThat(sizes()).containsExactly(2, 3);
        assertThat(sent.get(0).end()).isFalse();
        assertThat(sent.get(1).end()).isTrue();
        assertThat(sent.get(1).failure()).isEqualTo(new Failure(2, "broken"));
    }

    @Test
    void itemsKeepTheirOrderAndMessagesAreCounted() {
        for (int i = 0; i < 500; i++) {
            sender.add(Values.encode(i));
            if (i % 7 == 0) {
                turns.turn();
            }
            if (i % 31 == 0) {
                turns.time();
            }
        }
        sender.end(null);
        turns.turn();

        assertThat(sent.stream().flatMap(items -> items.items().stream()).map(Value::getNumberValue))
                .containsExactlyElementsOf(java.util.stream.IntStream.range(0, 500)
                        .mapToObj(i -> (double) i)
                        .toList());
        assertThat(sent.stream().map(Items::sequence))
                .containsExactlyElementsOf(
                        java.util.stream.IntStream.range(0, sent.size()).boxed().toList());
    }

    private void add(int count) {
        for (int i = 0; i < count; i++) {
            sender.add(Values.NULL);
        }
    }

    private List<Integer> sizes() {
        return sent.stream().map(items -> items.items().size()).toList();
    }

    /** An event loop that turns when it is told to. */
    private static final class Turns implements ItemSender.Turns {
        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private final Queue<Runnable> delayed = new ArrayDeque<>();

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public void schedule(Runnable task, long delay, TimeUnit unit) {
            delayed.add(task);
        }

        void turn() {
            for (int due = tasks.size(); due > 0; due--) {
                tasks.remove().run();
            }
        }

        void time() {
            tasks.addAll(delayed);
            delayed.clear();
            turn();
        }
    }
}
