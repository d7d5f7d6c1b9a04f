package dev.rigbus.app.node;

import dev.rigbus.cluster.node.NodeRecord;
import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.lab.identity.RouterTokens.Purpose;
import dev.rigbus.lab.router.OtherNodes;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.HostAndPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ways to the main ports of the other nodes, by their records. */
final class Ways implements OtherNodes {
    private final Vertx vertx;
    private final String self;
    private final RecordStore records;
    private final SslContext tls;

    /** @param tls for a connection to another node */
    Ways(Vertx vertx, String self, RecordStore records, SslContext tls) {
        this.vertx = vertx;
        this.self = self;
        this.records = records;
        this.tls = tls;
    }

    @Override
    public @Nullable Future<GrpcClient> connect(Purpose purpose, EventLoop loop) {
        if (purpose.node().equals(self)) {
            return null;
        }
        HostAndPort address = address(purpose.node());
        if (address == null) {
            return loop.newFailedFuture(new IOException("there is no node " + purpose.node()));
        }
        Promise<GrpcClient> connected = loop.newPromise();
        vertx.executeBlocking(() -> InetAddress.getByName(address.host()), false)
                .onFailure(connected::tryFailure)
                .onSuccess(resolved -> GrpcClient.connect(
                                loop,
                                new InetSocketAddress(resolved, address.port()),
                                tls,
                                Map.of(),
                                GrpcLimits.DEFAULT)
                        .addListener(done -> {
                            if (done.isSuccess()) {
                                connected.trySuccess((GrpcClient) done.getNow());
                            } else {
                                connected.tryFailure(done.cause());
                            }
                        }));
        return connected;
    }

    private @Nullable HostAndPort address(String node) {
        StoredRecord stored = records.get(NodeRecord.KIND, node);
        String value = stored == null ? null : stored.value();
        String address = value == null ? null : NodeRecord.parse(node, value).address();
        return address == null ? null : HostAndPort.parseAuthority(address, -1);
    }
}
