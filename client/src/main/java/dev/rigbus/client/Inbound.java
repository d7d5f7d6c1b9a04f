package dev.rigbus.client;

import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a call brings in: for one reader, who either is told of each item as it comes, or asks for one after the other. When few of them are
 * taken the source has to wait. Safe to use from any thread; handlers are called on the event loop.
 */
final class Inbound<T> implements ReadStream<T> {
    /** Items that wait for the reader before the source has to. */
    private static final int MOST_QUEUED = 32;

    private final EventLoop loop;
    private final Runnable pauseSource;
    private final Runnable resumeSource;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<T> queue = new ArrayDeque<>();
    private @Nullable Handler<T> handler;
    private @Nullable Handler<Void> endHandler;
    private @Nullable Handler<Throwable> exceptionHandler;
    private @Nullable Promise<@Nullable T> waiting;
    private long demand = Long.MAX_VALUE;
    private boolean sourcePaused;
    private boolean ended;
    private boolean endTold;
    private @Nullable Throwable failure;

    /** @param pauseSource called on the event loop, as is {@code resumeSource} */
    Inbound(EventLoop loop, Runnable pauseSource, Runnable resumeSource) {
        this.loop = loop;
        this.pauseSource = pauseSource;
        this.resumeSource = resumeSource;
    }

    /** One more item; on the event loop. */
    void push(T item) {
        Promise<@Nullable T> taker = null;
        boolean full = false;
        lock.lock();
        try {
            if (waiting != null && queue.isEmpty()) {
                taker = waiting;
                waiting = null;
            } else {
                queue.add(item);
                full = !sourcePaused && queue.size() >= MOST_QUEUED;
                sourcePaused |= full;
            }
        } finally {
            lock.unlock();
        }
        if (taker != null) {
            taker.complete(item);
            return;
        }
        deliver();
        if (full && isFull()) {
            pauseSource.run();
        } else if (full) {
            resumeIfDrained();
        }
    }

    private boolean isFull() {
        lock.lock();
        try {
            return queue.size() > MOST_QUEUED / 2;
        } finally {
            lock.unlock();
        }
    }

    /** No more items, for a reason or because that was all. */
    void end(@Nullable Throwable why) {
        Promise<@Nullable T> taker;
        lock.lock();
        try {
            if (ended) {
                return;
            }
            ended = true;
            failure = why;
            taker = waiting;
            waiting = null;
        } finally {
            lock.unlock();
        }
        if (taker != null) {
            endTold = true;
            if (why == null) {
                taker.complete(null);
            } else {
                taker.fail(why);
            }
            return;
        }
        later(this::deliver);
    }

    /** The next item; null when no more follow. Not to be mixed with handlers; a second question before the first answer is the same. */
    Future<@Nullable T> next() {
        T item;
        lock.lock();
        try {
            item = queue.poll();
            if (item == null) {
                if (ended) {
                    return failure == null ? Future.succeededFuture() : Future.failedFuture(failure);
                }
                if (waiting == null) {
                    waiting = Promise.promise();
                }
                return waiting.future();
            }
            if (sourcePaused && queue.size() <= MOST_QUEUED / 2) {
                later(this::resumeIfDrained);
            }
        } finally {
            lock.unlock();
        }
        return Future.succeededFuture(item);
    }

    private void later(Runnable task) {
        if (loop.isShuttingDown()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    private void resumeIfDrained() {
        lock.lock();
        try {
            if (!sourcePaused || queue.size() > MOST_QUEUED / 2) {
                return;
            }
            sourcePaused = false;
        } finally {
            lock.unlock();
        }
        resumeSource.run();
    }

    /** Tells handlers what they want to know; on the event loop. */
    private void deliver() {
        while (true) {
            T item;
            Handler<T> to;
            lock.lock();
            try {
                to = handler;
                item = to == null || demand == 0 ? null : queue.poll();
                if (item != null && demand != Long.MAX_VALUE) {
                    demand--;
                }
            } finally {
                lock.unlock();
            }
            if (to == null || item == null) {
                break;
            }
            to.handle(item);
        }
        resumeIfDrained();
        tellEnd();
    }

    private void tellEnd() {
        Handler<Void> onEnd;
        Handler<Throwable> onFailure;
        lock.lock();
        try {
            boolean heard = endHandler != null || exceptionHandler != null;
            if (!ended || endTold || !queue.isEmpty() || !heard) {
                return;
            }
            endTold = true;
            onEnd = failure == null ? endHandler : null;
            onFailure = failure == null ? null : exceptionHandler;
        } finally {
            lock.unlock();
        }
        if (onFailure != null && failure != null) {
            onFailure.handle(failure);
        } else if (onEnd != null) {
            onEnd.handle(null);
        }
    }

    private Inbound<T> change(Runnable what) {
        lock.lock();
        try {
            what.run();
        } finally {
            lock.unlock();
        }
        later(this::deliver);
        return this;
    }

    @Override
    public Inbound<T> handler(@Nullable Handler<T> to) {
        return change(() -> handler = to);
    }

    @Override
    public Inbound<T> endHandler(@Nullable Handler<Void> to) {
        return change(() -> endHandler = to);
    }

    @Override
    public Inbound<T> exceptionHandler(@Nullable Handler<Throwable> to) {
        return change(() -> exceptionHandler = to);
    }

    @Override
    public Inbound<T> pause() {
        return change(() -> demand = 0);
    }

    @Override
    public Inbound<T> resume() {
        return fetch(Long.MAX_VALUE);
    }

    @Override
    public Inbound<T> fetch(long amount) {
        return change(() -> demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount);
    }
}
