package dev.rigbus.app.j;

import dev.rigbus.client.Compression;
import dev.rigbus.client.typed.FlasherClient;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A flasher. */
@Command(description = "Generic flasher interface")
final class FlasherCommands extends GroupCommands {
    private final FlasherClient flasher;
    private final Io io;

    FlasherCommands(FlasherClient flasher, Io io) {
        this.flasher = flasher;
        this.io = io;
    }

    @Command(description = "Flash image to DUT from file or address")
    void flash(
            @Parameters(arity = "0..1", paramLabel = "FILE") @Nullable String file,
            @Option(
                            names = {"-t", "--target"},
                            paramLabel = "NAME:FILE",
                            description = "The file for a target, such as a partition; may be repeated.")
                    @Nullable
                    List<String> targets,
            @Option(names = "--compression", description = "The file is compressed so: ${COMPLETION-CANDIDATES}.")
                    @Nullable
                    Compression compression)
            throws IOException {
        if (targets != null) {
            for (String each : targets) {
                int colon = each.indexOf(':');
                if (colon < 1) {
                    throw wrong("flash", "Invalid target spec '" + each + "', expected name:file");
                }
                one(each.substring(colon + 1), each.substring(0, colon), compression);
            }
        } else if (file == null) {
            throw wrong("flash", "FILE argument is required unless --target/-t is used");
        } else {
            one(file, null, compression);
        }
    }

    private void one(String source, @Nullable String target, @Nullable Compression compression) throws IOException {
        new Transfers(io)
                .up(
                        source,
                        compression,
                        upload -> flasher.flash(upload, target),
                        request -> flasher.flash(request, target));
    }

    @Command(description = "Dump image from DUT to file")
    void dump(
            @Parameters(paramLabel = "FILE") String file,
            @Option(names = "--target", description = "Such as a partition.") @Nullable String target)
            throws IOException {
        new Transfers(io).down(file, download -> flasher.dump(download, target));
    }
}
