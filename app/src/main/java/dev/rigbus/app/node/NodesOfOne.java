package dev.rigbus.app.node;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.lab.admin.LabNodes;
import io.vertx.core.Future;
import java.util.List;

/** The nodes of a lab that consists of this one. */
record NodesOfOne(String name, String endpoint, String version) implements LabNodes {
    @Override
    public List<Fact> all() {
        return List.of(new Fact(name, "up", endpoint, version, null));
    }

    @Override
    public Future<Invitation> invite(String node) {
        return refused();
    }

    @Override
    public Future<Void> revoke(String node) {
        return refused();
    }

    @Override
    public Future<Void> drain(String node) {
        return refused();
    }

    private static <T> Future<T> refused() {
        return Future.failedFuture(
                new StatusException(Code.FAILED_PRECONDITION, "this node is the only one of its lab and was started alone"));
    }
}
