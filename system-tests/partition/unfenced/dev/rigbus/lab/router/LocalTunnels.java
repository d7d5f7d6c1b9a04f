package dev.rigbus.lab.router;

import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.GrpcServer;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.lab.identity.RouterTokens.Purpose;
import dev.rigbus.lab.model.ObjectName;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** NOT FOR USE: tunnels that outlive their lease, with which the partition test proves that it would notice. */
final class LocalTunnels {
    private final LocalExporters exporters;
    private final RouterMeter meter;
    private final Set<TunnelChannel> open = ConcurrentHashMap.newKeySet();

    LocalTunnels(LocalExporters exporters, RouterMeter meter) {
        this.exporters = exporters;
        this.meter = meter;
    }

    /** Ends the stream here, on the loop of its call; absent if it leads elsewhere. */
    @Nullable
    CallListener start(@Nullable Purpose purpose, ServerCall call) {
        var handlers = purpose == null ? null : exporters.handlers(purpose);
        if (purpose == null || handlers == null) {
            return null;
        }
        TunnelChannel channel = new TunnelChannel(call, purpose, meter);
        channel.pipeline().addLast(GrpcServer.connection(GrpcLimits.DEFAULT, handlers));
        open.add(channel);
        meter.pairs(1);
        channel.closeFuture().addListener(done -> {
            open.remove(channel);
            meter.pairs(-1);
        });
        call.eventLoop().register(channel);
        return channel.peer();
    }

    int size() {
        return open.size();
    }

    /** Cuts those that a lease has opened. */
    void cut(ObjectName lease, long fence) {}
}
