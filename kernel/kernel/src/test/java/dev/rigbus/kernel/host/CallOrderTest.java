package dev.rigbus.kernel.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallOrderTest {
    private final List<Integer> started = new ArrayList<>();

    @Test
    void aCallWaitsForTheOneBefore() {
        CallOrder order = new CallOrder(false);
        Promise<Void> first = Promise.promise();
        order.add(() -> run(1, first.future()));
        order.add(() -> run(2, Future.succeededFuture()));
        assertThat(started).containsExactly(1);

        first.fail("it failed");

        assertThat(started).containsExactly(1, 2);
    }

    @Test
    void concurrentCallsWaitForNobody() {
        CallOrder order = new CallOrder(true);
        order.add(() -> run(1, Promise.<Void>promise().future()));
        order.add(() -> run(2, Future.succeededFuture()));
        assertThat(started).containsExactly(1, 2);
    }

    @Test
    void aLongQueueOfQuickCallsNeedsNoDeepStack() {
        CallOrder order = new CallOrder(false);
        Promise<Void> first = Promise.promise();
        order.add(() -> run(0, first.future()));
        for (int i = 1; i <= 100_000; i++) {
            int number = i;
            order.add(() -> run(number, Future.succeededFuture()));
        }

        first.complete();

        assertThat(started).hasSize(100_001).isSorted();
    }

    private Future<?> run(int number, Future<?> outcome) {
        started.add(number);
        return outcome;
    }
}
