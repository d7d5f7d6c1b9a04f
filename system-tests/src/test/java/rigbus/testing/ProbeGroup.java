package rigbus.testing;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** What the probes of one group have in common. */
final class ProbeGroup {
    private static final Map<String, ProbeGroup> BY_NAME = new ConcurrentHashMap<>();
    private static final String[] COUNTERS = {
        "sleeping",
        "interrupted",
        "blocking",
        "forever_running",
        "emitted",
        "streams_open",
        "streams_closed",
        "received",
        "eofs",
        "flooded",
        "resets"
    };

    final Semaphore gate = new Semaphore(0);
    private final Map<String, AtomicLong> counters = new ConcurrentHashMap<>();
    private CountDownLatch released = new CountDownLatch(1);

    private ProbeGroup() {
        for (String counter : COUNTERS) {
            counters.put(counter, new AtomicLong());
        }
    }

    static ProbeGroup named(String name) {
        return BY_NAME.computeIfAbsent(name, n -> new ProbeGroup());
    }

    void add(String counter, long n) {
        AtomicLong value = counters.get(counter);
        if (value == null) {
            throw new IllegalStateException("no counter " + counter);
        }
        value.addAndGet(n);
    }

    Map<String, Long> state() {
        Map<String, Long> state = new TreeMap<>();
        counters.forEach((name, value) -> state.put(name, value.get()));
        return state;
    }

    synchronized CountDownLatch released() {
        return released;
    }

    synchronized void release() {
        released.countDown();
        released = new CountDownLatch(1);
    }
}
