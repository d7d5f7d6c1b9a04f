package dev.rigbus.testkit;

import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.kernel.ports.RecordStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A cluster whose members and time are what a test says. */
public final class ManualCluster implements Cluster {
    private final String self;
    private final AtomicLong time;
    private final List<Consumer<Set<String>>> watchers = new CopyOnWriteArrayList<>();
    private volatile Set<String> members;
    private volatile boolean majority = true;

    public ManualCluster(String self, Instant start) {
        this.self = self;
        this.members = Set.of(self);
        this.time = new AtomicLong(start.toEpochMilli());
    }

    public void advance(Duration step) {
        time.addAndGet(step.toMillis());
    }

    public void members(Set<String> now, boolean more) {
        members = Set.copyOf(now);
        majority = more;
        watchers.forEach(watcher -> watcher.accept(members));
    }

    @Override
    public String self() {
        return self;
    }

    @Override
    public Set<String> members() {
        return members;
    }

    @Override
    public String oldest() {
        return members.stream().sorted().findFirst().orElse(self);
    }

    @Override
    public boolean hasMajority() {
        return majority;
    }

    @Override
    public long time() {
        return time.get();
    }

    @Override
    public RecordStore.Registration watch(Consumer<Set<String>> listener) {
        watchers.add(listener);
        return () -> watchers.remove(listener);
    }
}
