package example;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rigbus.client.Upload;
import dev.rigbus.client.typed.Console;
import dev.rigbus.client.typed.FlasherClient;
import dev.rigbus.client.typed.PowerClient;
import dev.rigbus.client.typed.SerialConsole;
import dev.rigbus.junit.Board;
import dev.rigbus.junit.Device;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Flashes a firmware, switches the board on, and logs in on its console. */
@Board(selector = "board=virtual")
class BootTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Device("board.power")
    PowerClient power;

    @AfterEach
    void switchOff() {
        power.off();
    }

    @Test
    void boots(@Device("board.flasher") FlasherClient flasher, @Device("board.serial") SerialConsole serial)
            throws IOException {
        flasher.flash(Upload.of(BootTest.class.getResourceAsStream("/firmware.sh")));
        power.on();
        try (Console console = serial.open()) {
            console.expect("login: ", LIMIT);
            console.sendLine("root");
            Console.Match greeting = console.expect("hello (\\w+)", LIMIT);
            assertTrue(greeting.text().endsWith("root"), greeting.before());
        }
    }
}
