package dev.rigbus.kernel;

import dev.rigbus.kernel.grpc.GrpcVerticle;
import dev.rigbus.kernel.session.SessionVerticle;
import dev.rigbus.kernel.tree.DriverCatalog;
import dev.rigbus.kernel.tree.Posts;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;

/** Drivers of an exporter that run in this process for another one, which has started it for them. */
public final class Apart {
    private final Ground ground;

    private Apart(Ground ground) {
        this.ground = ground;
    }

    /**
     * Starts what is ordered; complete when the drivers answer on the socket that the order names. A failed start leaves nothing behind.
     *
     * @param order from {@link dev.rigbus.kernel.bridge.JvmOutposts}
     * @param catalog of drivers that run in this process
     */
    public static Future<Apart> start(Vertx vertx, JsonObject order, DriverCatalog catalog) {
        Posts posts = Posts.of(order);
        Ground ground = new Ground(vertx, posts.exporter());
        return ground.orUndone(ground.lay(catalog, posts.uuids(), order.getBoolean("successor", false))
                .compose(hooks -> serve(ground, posts, hooks, Path.of(order.getString("socket"))))
                .map(new Apart(ground)));
    }

    private static Future<Void> serve(Ground ground, Posts posts, Path hooks, Path socket) {
        String name = posts.exporter().name();
        SessionVerticle session =
                new SessionVerticle(name, null, null, ground.logs(), hooks.toString(), ground.threads(), ground::reset);
        GrpcVerticle front = new GrpcVerticle(name, ground.services(), null, socket);
        return ground.deploy(session).compose(v -> ground.deploy(front)).compose(v -> {
            ground.undoLater(session::close);
            return session.open();
        });
    }

    /** Lets running calls end for a second, then stops the drivers. */
    public Future<Void> stop() {
        return ground.undo();
    }
}
