package dev.rigbus.app.command;

import dev.rigbus.app.apart.DriverProcess;
import dev.rigbus.app.config.ConfigException;
import dev.rigbus.app.config.DriverTypes;
import dev.rigbus.app.config.ExporterFile;
import dev.rigbus.app.config.Fault;
import dev.rigbus.app.config.NodeFile;
import dev.rigbus.kernel.nodes.NodeOutposts;
import dev.rigbus.kernel.tree.DriverCatalog;
import java.nio.file.Path;
import java.util.List;

/** {@code rigbus check FILE...}: every mistake of every file, a line each. */
final class Check implements Command {
    @Override
    public String name() {
        return "check";
    }

    @Override
    public String summary() {
        return "Looks for mistakes in the files of exporters and nodes, without touching a device.";
    }

    @Override
    public String operands() {
        return "FILE...";
    }

    @Override
    public List<Flag> flags() {
        return List.of(DriversFlag.FLAG);
    }

    @Override
    public ExitCode run(Words words, Console console) throws ConfigException, UsageException {
        if (words.operands().isEmpty()) {
            throw new UsageException("which FILE?");
        }
        DriverCatalog catalog = DriverTypes.load(DriverProcess::command);
        DriversFlag.load(words, catalog);
        boolean fine = true;
        for (String name : words.operands()) {
            List<Fault> faults = faults(Path.of(name), catalog);
            faults.forEach(console.out()::println);
            if (faults.isEmpty()) {
                console.out().println(name + ": ok");
            }
            fine &= faults.isEmpty();
        }
        return fine ? ExitCode.OK : ExitCode.FAILURE;
    }

    private static List<Fault> faults(Path file, DriverCatalog catalog) {
        return NodeFile.isMeant(file)
                ? NodeFile.read(file, System.getenv()).check(catalog)
                // It may be meant for a node.
                : ExporterFile.read(file, System.getenv()).check(catalog.with(NodeOutposts.unplaced(catalog)));
    }
}
