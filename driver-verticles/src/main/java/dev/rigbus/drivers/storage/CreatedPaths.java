package dev.rigbus.drivers.storage;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What clients have made on a storage, so that it can be taken away again. */
final class CreatedPaths {
    private final Set<String> paths = new TreeSet<>();

    synchronized void add(String path) {
        paths.add(StoragePath.remembered(path));
    }

    /** Forgets exactly this path, and none below it. */
    synchronized void remove(String path) {
        paths.remove(StoragePath.remembered(path));
    }

    synchronized List<String> all() {
        return List.copyOf(paths);
    }

    /** So ordered that what is in a directory comes before it; never the root itself. */
    synchronized List<String> toRemove() {
        return paths.stream()
                .filter(path -> !path.isEmpty())
                .sorted(Comparator.reverseOrder())
                .toList();
    }
}
