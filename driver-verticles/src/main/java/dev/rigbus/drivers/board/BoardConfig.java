package dev.rigbus.drivers.board;

import dev.rigbus.driver.Settings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * @param directory where the storage is kept from one start of the exporter to the next; null for one that goes with
 * it
 */
record BoardConfig(@Nullable Path directory) {
    static BoardConfig read(Settings settings) {
        if (!settings.bool("allowFirmware", false)) {
            settings.problem(
                    "allowFirmware",
                    "is not true; a virtual board runs the program that a client flashes, as the user of this exporter and with"
                            + " what that user may do. Write allowFirmware: true if every client of this exporter may do that");
        }
        return new BoardConfig(settings.optionalPath("dir"));
    }
}
