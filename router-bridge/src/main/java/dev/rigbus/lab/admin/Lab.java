package dev.rigbus.lab.admin;

import dev.rigbus.kernel.ports.AuditLog;
import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.lab.identity.TokenIssuer;
import dev.rigbus.lab.view.LabView;
import dev.rigbus.lab.view.LabWriter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What administration works with.
 *
 * @param metrics in the text form of Prometheus
 * @param backup writes the records to a file that is not there yet, readable by its owner alone
 */
public record Lab(
        Vertx vertx,
        RecordStore records,
        LabView view,
        LabWriter writer,
        TokenIssuer tokens,
        AuditLog audit,
        Cluster cluster,
        LabNodes nodes,
        LabBoards boards,
        LabBundles bundles,
        Site site,
        Supplier<String> metrics,
        Function<Path, Future<Path>> backup) {
    /**
     * How this node is reached.
     *
     * @param endpoint as {@code host:port}
     * @param authority who signed its certificate, in PEM
     * @param namespace of what names none
     */
    public record Site(String endpoint, String authority, String namespace, String version) {}

    Instant now() {
        return Instant.ofEpochMilli(cluster.time());
    }
}
