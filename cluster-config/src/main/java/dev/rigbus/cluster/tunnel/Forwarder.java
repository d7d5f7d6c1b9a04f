package dev.rigbus.cluster.tunnel;

import dev.rigbus.grpc.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stands on this host's loopback for a port of another node, and leads what connects there through a tunnel. */
final class Forwarder {
    private static final Logger log = LoggerFactory.getLogger(Forwarder.class);
    private static final long SHORTEST_MILLIS = 500;
    private static final long LONGEST_MILLIS = 4_000;

    private final NodeConnector connector;
    private final EventLoopGroup loops;
    private final String node;
    private final String protocol;
    private final InetSocketAddress address;
    private @Nullable Channel listening;
    private boolean complained;
    private boolean closed;
    private boolean waiting;
    private @Nullable ScheduledFuture<?> next;
    private long delayMillis = SHORTEST_MILLIS;
    private volatile String lastFailure = "";

    Forwarder(NodeConnector connector, EventLoopGroup loops, String node, String protocol, int port) {
        this.connector = connector;
        this.loops = loops;
        this.node = node;
        this.protocol = protocol;
        this.address = new InetSocketAddress("127.0.0.1", port);
    }

    /**
     * Listens as long as the node can be reached: Hazelcast takes a port where nobody listens for what it is, and one that is open for a
     * node that is there.
     *
     * @return complete when it is known whether it can be reached for now
     */
    Future<Void> open() {
        return connector.connect(node, protocol, loops.next()).transform(done -> {
            if (done.failed()) {
                failed(done.cause());
                again();
                return Future.succeededFuture();
            }
            done.result().close();
            return listen();
        });
    }

    private Future<Void> listen() {
        Promise<Void> listening = Promise.promise();
        ChannelFuture bound = new ServerBootstrap()
                .group(loops)
                .channelFactory(Transport.of(loops).server(address))
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        lead(channel);
                    }
                })
                .bind(address);
        bound.addListener(done -> {
            if (done.isSuccess()) {
                opened(bound.channel());
            } else {
                taken(done.cause());
            }
            listening.complete();
        });
        return listening.future();
    }

    private synchronized void opened(Channel channel) {
        if (closed) {
            channel.close();
        } else {
            listening = channel;
            delayMillis = SHORTEST_MILLIS;
        }
    }

    /** Another node on this host may have the port for the same purpose, and end before this one. */
    private void taken(Throwable cause) {
        if (!complained) {
            complained = true;
            log.warn(
                    "port {} of 127.0.0.1, which stands for node {}, is taken, by another node on this host or else: {}",
                    address.getPort(),
                    node,
                    cause.getMessage());
        }
        again();
    }

    private synchronized void again() {
        if (listening != null) {
            listening.close();
            listening = null;
        }
        if (!closed && !waiting) {
            waiting = true;
            next = loops.next().schedule(this::openAgain, delayMillis, TimeUnit.MILLISECONDS);
            delayMillis = Math.min(2 * delayMillis, LONGEST_MILLIS);
        }
    }

    private void openAgain() {
        synchronized (this) {
            if (closed || !waiting) {
                return;
            }
            waiting = false;
        }
        open();
    }

    /** The node is there: no reason to wait any longer. */
    void hurry() {
        synchronized (this) {
            if (next == null || !waiting) {
                return;
            }
            next.cancel(false);
            delayMillis = SHORTEST_MILLIS;
        }
        openAgain();
    }

    private void lead(Channel inside) {
        connector
                .connect(node, protocol, inside.eventLoop())
                .onComplete(done -> inside.eventLoop().execute(() -> {
                    if (done.succeeded()) {
                        lastFailure = "";
                        Splice.join(inside, done.result());
                    } else {
                        failed(done.cause());
                        again();
                        inside.close();
                    }
                }));
    }

    /** Hazelcast tries again and again; the reason is news only once. */
    private void failed(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        if (!text.equals(lastFailure)) {
            lastFailure = text;
            log.info("no connection to {}", text);
        }
    }

    synchronized void close() {
        closed = true;
        if (listening != null) {
            listening.close();
        }
    }
}
