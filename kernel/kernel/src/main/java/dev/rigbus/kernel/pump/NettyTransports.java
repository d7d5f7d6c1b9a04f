package dev.rigbus.kernel.pump;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.Transports;
import dev.rigbus.grpc.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** The transports of one driver; what they open belongs to the driver's event loop. */
public final class NettyTransports implements Transports {
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(128 * 1024, 512 * 1024);
    private static final int DATAGRAM_BYTES = 65_536;
    private static final int CONNECT_MILLIS = 30_000;

    private final Vertx vertx;
    private final Supplier<EventLoop> home;
    private final Executor threads;

    /**
     * @param home the event loop of the driver, known once it is deployed
     * @param threads where what blocks may run
     */
    public NettyTransports(Vertx vertx, Supplier<EventLoop> home, Executor threads) {
        this.vertx = vertx;
        this.home = home;
        this.threads = threads;
    }

    @Override
    public Future<ByteStream> tcp(String host, int port) {
        // What the resolver finds is tried in its order.
        return resolve(host)
                .recover(unknown -> Future.failedFuture(refused(host + ":" + port, unknown)))
                .compose(found -> tcp(host, port, found, 0));
    }

    private Future<ByteStream> tcp(String host, int port, InetAddress[] found, int index) {
        InetSocketAddress address = new InetSocketAddress(found[index], port);
        return connect(address, home.get())
                .recover(cause -> index + 1 < found.length
                        ? tcp(host, port, found, index + 1)
                        : Future.failedFuture(refused(host + ":" + port, cause)));
    }

    @Override
    public Future<ByteStream> unix(Path path) {
        EventLoop loop = home.get();
        return connect(Transport.of(loop).unixAddress(path), loop)
                .recover(cause -> Future.failedFuture(refused(path.toString(), cause)));
    }

    private Future<ByteStream> connect(SocketAddress address, EventLoop loop) {
        Bootstrap bootstrap = bootstrap(loop, Transport.of(loop).client(address))
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new HeadroomAllocator());
        if (address instanceof InetSocketAddress) {
            bootstrap.option(ChannelOption.TCP_NODELAY, true);
        }
        return open(bootstrap, address);
    }

    @Override
    public Future<ByteStream> udp(String host, int port) {
        EventLoop loop = home.get();
        return resolve(host)
                .recover(unknown -> Future.failedFuture(refused(host + ":" + port, unknown)))
                .compose(found -> open(
                        bootstrap(loop, Transport.of(loop).datagram())
                                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(DATAGRAM_BYTES)),
                        new InetSocketAddress(found[0], port)));
    }

    private static Bootstrap bootstrap(EventLoop loop, ChannelFactory<? extends Channel> factory) {
        ChannelHandler none = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                // The stream adds itself once the connection stands.
            }
        };
        return new Bootstrap()
                .group(loop)
                .channelFactory(factory)
                .option(ChannelOption.AUTO_READ, false)
                .handler(none);
    }

    private Future<ByteStream> open(Bootstrap bootstrap, SocketAddress address) {
        Promise<ByteStream> opened = Promise.promise();
        var connecting = bootstrap.connect(address);
        connecting.addListener(done -> {
            if (done.isSuccess()) {
                opened.complete(new RawByteStream(new ChannelStream(connecting.channel())));
            } else {
                opened.fail(done.cause());
            }
        });
        return opened.future();
    }

    @Override
    public Future<ByteStream> webSocket(URI url) {
        return WebSocketStream.open(vertx, url);
    }

    @Override
    public ByteStream loop() {
        return new RawByteStream(new LoopStream(home.get()));
    }

    @Override
    public ByteStream blocking(InputStream in, OutputStream out, Runnable onClose) {
        return new RawByteStream(new BlockingStream(home.get(), threads, in, out, onClose));
    }

    /** The system's resolver blocks, so it has a thread; an address needs neither. */
    private Future<InetAddress[]> resolve(String host) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
        if (address == null) {
            return blocking(() -> InetAddress.getAllByName(host));
        }
        try {
            return Future.succeededFuture(new InetAddress[] {InetAddress.getByAddress(address)});
        } catch (UnknownHostException e) {
            return Future.failedFuture(e);
        }
    }

    private <T> Future<T> blocking(Callable<T> task) {
        Promise<T> done = Promise.promise();
        threads.execute(() -> {
            try {
                T result = task.call();
                home.get().execute(() -> done.complete(result));
            } catch (Exception e) {
                home.get().execute(() -> done.fail(e));
            }
        });
        return done.future();
    }

    private static IOException refused(String where, Throwable cause) {
        return new ConnectFailedException(where, cause);
    }
}
