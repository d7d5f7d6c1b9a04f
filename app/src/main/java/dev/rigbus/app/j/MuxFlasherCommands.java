package dev.rigbus.app.j;

import dev.rigbus.client.Compression;
import dev.rigbus.client.DriverNode;
import dev.rigbus.client.typed.MuxFlasherClient;
import dev.rigbus.client.typed.StorageMuxClient;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A flasher that is a switched storage. */
@Command(description = "Generic flasher interface")
final class MuxFlasherCommands extends MuxCommands {
    private final MuxFlasherClient flasher;
    private final Io io;

    MuxFlasherCommands(DriverNode node, Io io) {
        super(new StorageMuxClient(node), io);
        this.flasher = new MuxFlasherClient(node);
        this.io = io;
    }

    @Command(description = "Flash image to DUT from file or address")
    void flash(
            @Parameters(paramLabel = "FILE") String file,
            @Option(names = "--compression", description = "The file is compressed so: ${COMPLETION-CANDIDATES}.")
                    @Nullable
                    Compression compression)
            throws IOException {
        new Transfers(io).up(file, compression, flasher::flash, flasher::flash);
    }

    @Command(description = "Dump image from DUT to file")
    void dump(@Parameters(paramLabel = "FILE") String file) throws IOException {
        new Transfers(io).down(file, flasher::dump);
    }
}
