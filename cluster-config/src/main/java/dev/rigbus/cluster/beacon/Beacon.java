package dev.rigbus.cluster.beacon;

import dev.rigbus.cluster.pki.NodeIdentity;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramPacket;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.HostAndPort;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the local network where this node is, and hears where the others are. Only nodes of this lab are believed. What a beacon says is a
 * hint where to connect to; who is there is found out by the certificate.
 */
public final class Beacon {
    private static final Logger log = LoggerFactory.getLogger(Beacon.class);
    private static final int MOST_PER_SECOND = 200;

    private final Vertx vertx;
    private final BeaconConfig config;
    private final BeaconCode code;
    private final NodeIdentity identity;
    private final HostAndPort address;
    private final BiConsumer<String, HostAndPort> found;
    private final DatagramSocket socket;
    private long timer;
    private long second;
    private int heardInSecond;
    private boolean complained;

    /** @param found is told the name and the address of another node, each time that it is heard */
    public Beacon(
            Vertx vertx,
            BeaconConfig config,
            NodeIdentity identity,
            HostAndPort address,
            BiConsumer<String, HostAndPort> found) {
        this.vertx = vertx;
        this.config = config;
        this.code = new BeaconCode(
                identity.lab().derive("beacon"), identity.lab().fingerprint(), System::currentTimeMillis);
        this.identity = identity;
        this.address = address;
        this.found = found;
        this.socket = vertx.createDatagramSocket(new DatagramSocketOptions()
                .setReuseAddress(true)
                .setReusePort(true)
                .setMulticastNetworkInterface(config.networkInterface()));
    }

    /** Begins; a network that has no multicast is no reason to fail, since there are other ways to be found. */
    public void start() {
        socket.handler(this::heard)
                .exceptionHandler(this::failed)
                .listen(config.port(), "0.0.0.0")
                .compose(bound -> socket.listenMulticastGroup(config.group(), config.networkInterface(), null))
                .onSuccess(joined -> {
                    tell();
                    timer = vertx.setPeriodic(config.interval().toMillis(), each -> tell());
                })
                .onFailure(this::failed);
    }

    private void tell() {
        socket.send(Buffer.buffer(code.encode(identity.name(), address.toString())), config.port(), config.group())
                .onFailure(this::failed);
    }

    private void failed(Throwable cause) {
        if (!complained) {
            complained = true;
            log.warn("no beacon on {}:{}: {}", config.group(), config.port(), cause.getMessage());
        }
    }

    private void heard(DatagramPacket packet) {
        if (!isTooMuch()) {
            BeaconCode.Word word = code.decode(packet.data().getBytes());
            if (word != null && !word.node().equals(identity.name())) {
                found.accept(word.node(), HostAndPort.parseAuthority(word.address(), -1));
            }
        }
    }

    /** Anybody can send to a multicast group; checking what they send must not become work. */
    private boolean isTooMuch() {
        long now = System.nanoTime() / 1_000_000_000;
        if (now != second) {
            second = now;
            heardInSecond = 0;
        }
        return ++heardInSecond > MOST_PER_SECOND;
    }

    public void stop() {
        vertx.cancelTimer(timer);
        socket.close();
    }
}
