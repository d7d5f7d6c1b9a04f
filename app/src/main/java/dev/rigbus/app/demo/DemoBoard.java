package dev.rigbus.app.demo;

import dev.rigbus.drivers.board.VirtualBoard;
import dev.rigbus.kernel.tree.ExporterSpec;
import dev.rigbus.kernel.tree.NodeSpec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;

/** The exporter of the demo, and what is flashed. */
public final class DemoBoard {
    static final String NAME = "board";

    /** As large as a small board's image, so that there is something to watch. */
    private static final int IMAGE_BYTES = 16 << 20;

    private DemoBoard() {}

    /** An exporter with one board; that runs what is flashed, so it must be served to this machine alone. */
    public static ExporterSpec exporter() {
        NodeSpec board = new NodeSpec.DriverSpec(
                "export." + NAME,
                "rigbus.VirtualBoard",
                Map.of("allowFirmware", true),
                "A board made of software.",
                Map.of(),
                Map.of());
        return new ExporterSpec("demo", null, Map.of(NAME, board), null, null);
    }

    /** The firmware, followed by a payload that it never comes to. */
    static Image image() throws IOException {
        byte[] image = new byte[IMAGE_BYTES];
        new Random(0).nextBytes(image);
        byte[] end = "\nexit 0\n".getBytes(StandardCharsets.US_ASCII);
        try (InputStream firmware = VirtualBoard.demoFirmware()) {
            int size = firmware.readNBytes(image, 0, IMAGE_BYTES - end.length);
            System.arraycopy(end, 0, image, size, end.length);
        }
        return new Image(new ByteArrayInputStream(image), IMAGE_BYTES);
    }

    /** Something to flash. */
    record Image(InputStream content, int size) {}
}
