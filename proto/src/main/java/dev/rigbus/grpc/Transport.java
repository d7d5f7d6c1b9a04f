package dev.rigbus.grpc;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/** The kinds of channels that fit the event loops which are in use: epoll's where they are epoll's, else those of the JDK. */
public enum Transport {
    EPOLL(
            EpollServerSocketChannel::new,
            EpollServerDomainSocketChannel::new,
            EpollSocketChannel::new,
            EpollDomainSocketChannel::new,
            EpollDatagramChannel::new),
    NIO(
            NioServerSocketChannel::new,
            NioServerDomainSocketChannel::new,
            NioSocketChannel::new,
            NioDomainSocketChannel::new,
            NioDatagramChannel::new);

    private final ChannelFactory<? extends ServerChannel> tcpServer;
    private final ChannelFactory<? extends ServerChannel> unixServer;
    private final ChannelFactory<? extends Channel> tcp;
    private final ChannelFactory<? extends Channel> unix;
    private final ChannelFactory<? extends DatagramChannel> udp;

    Transport(
            ChannelFactory<? extends ServerChannel> tcpServer,
            ChannelFactory<? extends ServerChannel> unixServer,
            ChannelFactory<? extends Channel> tcp,
            ChannelFactory<? extends Channel> unix,
            ChannelFactory<? extends DatagramChannel> udp) {
        this.tcpServer = tcpServer;
        this.unixServer = unixServer;
        this.tcp = tcp;
        this.unix = unix;
        this.udp = udp;
    }

    /** The transport of an event loop group. */
    public static Transport of(EventLoopGroup group) {
        boolean epoll = group.iterator().next() instanceof IoEventLoop loop && loop.isIoType(EpollIoHandler.class);
        return epoll ? EPOLL : NIO;
    }

    public ChannelFactory<? extends ServerChannel> server(SocketAddress address) {
        return isUnix(address) ? unixServer : tcpServer;
    }

    public ChannelFactory<? extends Channel> client(SocketAddress address) {
        return isUnix(address) ? unix : tcp;
    }

    public ChannelFactory<? extends DatagramChannel> datagram() {
        return udp;
    }

    /** The address of a socket in the file system, in the form that this transport wants. */
    public SocketAddress unixAddress(Path path) {
        return this == EPOLL ? new DomainSocketAddress(path.toString()) : UnixDomainSocketAddress.of(path);
    }

    static boolean isUnix(SocketAddress address) {
        return address instanceof DomainSocketAddress || address instanceof UnixDomainSocketAddress;
    }
}
