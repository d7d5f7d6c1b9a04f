package dev.rigbus.app.config;

import dev.rigbus.kernel.bundle.BundlePolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node of a lab, as its file describes it; every file in it is an absolute path or relative to where the process runs.
 *
 * @param name unique in the lab; absent for that of the host
 * @param labels by which drivers are placed on it
 * @param listen where peers of all kinds connect to; port 0 for any free one
 * @param advertise what peers are told to connect to; absent for what is listened on
 * @param data the folder of the node's records and keys; absent for the usual one
 * @param namespace of what names none
 * @param join other nodes of the lab
 * @param joinToken the file with the word of admission for a node that is new to the lab
 * @param beacon how nodes find each other without a list; absent for not at all
 * @param tls certificate of one's own; absent for one that the lab makes
 * @param database absent where each node keeps the records in a file of its own
 * @param boards the exporters whose drivers run on this node
 * @param hiddenLabels keys that clients are not shown unless they ask
 * @param deprecatedLabels keys that clients are warned of, with what to use instead
 * @param metrics where measurements are served; absent for nowhere
 * @param drivers the folder of drivers that are single files; absent for one in the data folder
 * @param bundles which bundles it takes
 * @param eventLoops how many threads share all that is never to block; absent for half as many as there are cores
 */
public record NodeConfig(
        @Nullable String name,
        Map<String, String> labels,
        HostPort listen,
        @Nullable HostPort advertise,
        @Nullable Path data,
        String namespace,
        List<HostPort> join,
        @Nullable Path joinToken,
        @Nullable Beacon beacon,
        @Nullable Tls tls,
        @Nullable Database database,
        List<Board> boards,
        Authentication authentication,
        LeasePolicy leasePolicy,
        List<String> hiddenLabels,
        Map<String, String> deprecatedLabels,
        @Nullable HostPort metrics,
        @Nullable Path drivers,
        BundlePolicy bundles,
        @Nullable Integer eventLoops) {
    public static final int PORT = 8082;

    /** A lab of one host, with nothing said. */
    public static NodeConfig usual() {
        return NodeFile.usual();
    }

    /** Where the beacon is sent; {@code networkInterface} absent for the one that the system chooses. */
    public record Beacon(String group, int port, @Nullable String networkInterface) {}

    /** Both in PEM. */
    public record Tls(Path certificate, Path key) {}

    /** A PostgreSQL database, by its JDBC URL. */
    public record Database(
            String url, @Nullable String user, @Nullable Path passwordFile) {}

    /**
     * One exporter of this node.
     *
     * @param labels what leases select it by
     */
    public record Board(ExporterFile file, String namespace, Map<String, String> labels) {}

    /**
     * @param tokenLife of the tokens that the lab makes itself
     * @param issuers whose tokens are taken beside those
     * @param provisioning whether a client is made for who comes with a token of such an issuer for the first time
     */
    public record Authentication(Duration tokenLife, List<Issuer> issuers, boolean provisioning) {}

    /**
     * An OpenID Connect provider.
     *
     * @param authority the PEM of who signed its certificate; absent for those that the JDK trusts
     * @param usernameClaim what in its tokens is the user's name
     * @param usernamePrefix what is put before that name, usually with a colon at its end
     */
    public record Issuer(
            String url,
            List<String> audiences,
            @Nullable String authority,
            String usernameClaim,
            String usernamePrefix) {}

    /**
     * @param maxTags of one lease
     * @param unusedAfter a lease ends that holds a board which nobody has connected to for so long; absent for never
     * @param abandonedAfter a waiting lease ends that nobody has asked after for so long; absent for never
     * @param grace how long a lease waits for a board that is gone
     * @param retention how long an ended lease can be looked up
     */
    public record LeasePolicy(
            int maxTags,
            @Nullable Duration unusedAfter,
            @Nullable Duration abandonedAfter,
            Duration grace,
            Duration retention) {}
}
