package dev.rigbus.cluster.tunnel;

import dev.rigbus.cluster.pki.LabTls;
import io.vertx.core.net.HostAndPort;
import java.util.List;
import java.util.Optional;

/** What must be known of the lab's nodes to let them in and to find them. Safe to use from any thread. */
public interface Nodes {
    /** Why a node with this certificate is not let in; absent if it is. */
    Optional<String> refusal(LabTls.Peer peer);

    /** Where a node may be found, the likeliest first. */
    List<HostAndPort> addresses(String node);
}
