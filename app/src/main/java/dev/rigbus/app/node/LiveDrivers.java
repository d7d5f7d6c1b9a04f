package dev.rigbus.app.node;

import dev.rigbus.app.config.NodeConfig;
import dev.rigbus.cluster.node.Joining;
import dev.rigbus.kernel.bundle.Bundles;
import dev.rigbus.kernel.bundle.DriverFiles;
import dev.rigbus.kernel.tree.DriverCatalog;
import java.nio.file.Path;

/**
 * What the exporters of a node can be made of, and where that comes from.
 *
 * @param files drivers that are single files, loaded and not yet followed
 * @param bundles loaded as they were when the node stopped
 */
public record LiveDrivers(DriverCatalog catalog, DriverFiles files, Bundles bundles) {
    /** Loads what is there; blocks. */
    public static LiveDrivers load(NodeConfig config, Path data, DriverCatalog catalog) {
        Bundles bundles = new Bundles(data.resolve("bundles"), config.bundles(), catalog.registry());
        bundles.load();
        Path folder = config.drivers() == null ? data.resolve("drivers") : config.drivers();
        DriverFiles files = DriverFiles.in(folder, catalog.registry());
        files.load();
        return new LiveDrivers(catalog, files, bundles);
    }

    /** What a node's file may name: in a lab of several, others may have bundles that this node does not have yet. */
    public DriverCatalog catalogOf(NodeConfig config, Path data) {
        boolean others = config.joinToken() != null
                || !config.join().isEmpty()
                || config.beacon() != null
                || Joining.hasJoined(data);
        return others ? catalog.awaitingTypes() : catalog;
    }
}
