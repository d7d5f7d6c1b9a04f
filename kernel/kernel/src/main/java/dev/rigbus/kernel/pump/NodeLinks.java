package dev.rigbus.kernel.pump;

import io.netty.channel.EventLoop;
import io.vertx.core.Future;

/**
 * Connections between the nodes of a lab for bytes that do not belong on the bus: one for each stream, with back-pressure and with an end
 * for each direction. Both nodes know for sure which node the other is. Safe to use from any thread.
 */
public interface NodeLinks {
    /** Of a node that is alone. */
    NodeLinks NONE = new NodeLinks() {
        @Override
        public Future<RawStream> open(String node, String service, byte[] header, EventLoop loop) {
            return Future.failedFuture(new java.net.ConnectException("there is no node " + node));
        }

        @Override
        public void accept(String service, Acceptor acceptor) {
            // Nobody will come.
        }
    };

    /** Takes what other nodes open. */
    @FunctionalInterface
    interface Acceptor {
        /**
         * @param node which opens it
         * @param header what that node says first, such as a ticket
         * @param stream ends at the other node if it is closed here
         */
        void accept(String node, byte[] header, RawStream stream);
    }

    /**
     * Connects to an acceptor on another node.
     *
     * @param service the name that the acceptor is known by
     * @param header 16 KiB at most
     * @param loop where the stream is to live
     * @return fails if the node cannot be reached or lets this one not in; an acceptor that is not there closes the stream
     */
    Future<RawStream> open(String node, String service, byte[] header, EventLoop loop);

    /** Takes streams from now on; it is called on the event loop of each. */
    void accept(String service, Acceptor acceptor);
}
