package dev.rigbus.lab.router;

import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.lab.identity.RouterTokens.Purpose;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The way to the node at which the peers of a stream meet. Asked on event loops; must not block. */
@FunctionalInterface
public interface OtherNodes {
    /**
     * @param loop where the connection is to live
     * @return absent if the peers meet here, or if there is no such node
     */
    @Nullable
    Future<GrpcClient> connect(Purpose purpose, EventLoop loop);
}
