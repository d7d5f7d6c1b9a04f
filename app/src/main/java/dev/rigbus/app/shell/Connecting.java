package dev.rigbus.app.shell;

import dev.rigbus.client.ExporterClient;
import java.io.IOException;

/** Makes a connection to the exporter of a shell. */
@FunctionalInterface
public interface Connecting {
    ExporterClient connect() throws IOException;
}
