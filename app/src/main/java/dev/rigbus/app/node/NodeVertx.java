package dev.rigbus.app.node;

import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;

/** The Vert.x of every process, of one host or of many. */
public final class NodeVertx {
    private NodeVertx() {}

    /**
     * It keeps no files, has the system's fastest sockets, and half as many event loops as cores, so that on a small host a call, its driver and
     * its socket share one and nothing is handed from thread to thread.
     */
    public static VertxOptions options() {
        return options(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    /** The same with so many event loops. */
    public static VertxOptions options(int eventLoops) {
        return new VertxOptions()
                .setEventLoopPoolSize(eventLoops)
                .setPreferNativeTransport(true)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
    }
}
