package dev.rigbus.app.command;

import dev.rigbus.kernel.bundle.DriverFiles;
import dev.rigbus.kernel.tree.DriverCatalog;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** {@code --drivers}: a folder with drivers that are single Java files. */
final class DriversFlag {
    static final Flag FLAG = new Flag(
            "--drivers",
            "DIR",
            "A folder with drivers in single .java files, which are compiled when they come or change.");

    private DriversFlag() {}

    /** Loads what is there; absent if no folder is given. */
    static @Nullable DriverFiles load(Words words, DriverCatalog catalog) throws UsageException {
        String given = words.value(FLAG);
        if (given == null) {
            return null;
        }
        Path folder = Path.of(given);
        if (!Files.isDirectory(folder)) {
            throw new UsageException(FLAG.name() + " " + given + ": there is no such folder");
        }
        DriverFiles files = DriverFiles.in(folder, catalog.registry());
        files.load();
        return files;
    }
}
