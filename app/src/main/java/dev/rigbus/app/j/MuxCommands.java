package dev.rigbus.app.j;

import dev.rigbus.client.typed.StorageMuxClient;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** A storage that is switched between the host and the device. */
@Command(description = "Storage operations")
class MuxCommands extends GroupCommands {
    private final StorageMuxClient mux;
    private final Io io;

    MuxCommands(StorageMuxClient mux, Io io) {
        this.mux = mux;
        this.io = io;
    }

    @Command(description = "Connect storage to host")
    void host() {
        mux.host();
    }

    @Command(description = "Connect storage to dut")
    void dut() {
        mux.dut();
    }

    @Command(description = "Disconnect storage")
    void off() {
        mux.off();
    }

    @Command(name = "write-local-file", description = "Write a file to the storage")
    void writeLocalFile(@Parameters(paramLabel = "FILE") String file) throws IOException {
        new Transfers(io).up(file, null, mux::write, mux::write);
    }
}
