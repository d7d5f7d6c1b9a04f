package dev.rigbus.drivers.storage;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** The files that clients have open, by handle. Closed ones stay known, though not for ever. */
final class OpenFiles {
    /** Each may hold a descriptor, of which the exporter has not many more to share among its drivers. */
    private static final int MOST_OPEN = 512;

    private static final int MOST_KNOWN = 8192;

    private final Map<UUID, OpenFile> files = new LinkedHashMap<>();

    /** Fails, before anything is opened, when there are too many open files. */
    synchronized void requireRoom() {
        long open = files.values().stream().filter(file -> !file.closed()).count();
        if (open >= MOST_OPEN) {
            throw new DriverException(
                    Reason.RESOURCE_EXHAUSTED,
                    "there are " + open + " open files on this storage (the limit); close some with file_close");
        }
    }

    synchronized UUID add(OpenFile file) {
        UUID handle = UUID.randomUUID();
        files.put(handle, file);
        if (files.size() > MOST_KNOWN) {
            files.values().removeIf(OpenFile::closed);
        }
        return handle;
    }

    synchronized OpenFile get(UUID handle) {
        OpenFile file = files.get(handle);
        if (file == null) {
            throw new DriverException(Reason.UNKNOWN, "UUID('" + handle + "')");
        }
        return file;
    }

    /** Closes all, whoever uses them; one that fails does not spare the rest. */
    synchronized void closeAll() throws IOException {
        IOException failure = null;
        for (OpenFile file : files.values()) {
            try {
                file.abandon();
            } catch (IOException e) {
                failure = e;
            }
        }
        files.clear();
        if (failure != null) {
            throw failure;
        }
    }
}
