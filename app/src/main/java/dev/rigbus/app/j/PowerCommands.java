package dev.rigbus.app.j;

import dev.rigbus.client.typed.PowerClient;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A power switch. */
@Command(description = "Generic power")
final class PowerCommands extends GroupCommands {
    private final PowerClient power;
    private final Io io;

    PowerCommands(PowerClient power, Io io) {
        this.power = power;
        this.io = io;
    }

    @Command(description = "Power on")
    void on() {
        power.on();
    }

    @Command(description = "Power off")
    void off() {
        power.off();
    }

    @Command(description = "Power cycle")
    void cycle(
            @Option(
                            names = {"-w", "--wait"},
                            defaultValue = "2",
                            paramLabel = "SECONDS",
                            description = "Wait time in seconds between off and on; default: 2.")
                    int wait)
            throws InterruptedException {
        io.out().println("Power cycling with " + wait + " seconds wait time...");
        power.cycle(Duration.ofSeconds(wait));
    }

    @Command(description = "Read power measurements")
    void read(
            @Option(
                            names = {"-n", "--count"},
                            defaultValue = "1",
                            description = "Number of readings (0 = infinite); default: 1.")
                    int count,
            @Option(
                            names = {"-i", "--interval"},
                            defaultValue = "1.0",
                            paramLabel = "SECONDS",
                            description = "Seconds between readings; default: 1.")
                    double interval)
            throws InterruptedException {
        for (int i = 0; count == 0 || i < count; i++) {
            if (i > 0) {
                TimeUnit.MILLISECONDS.sleep(Math.round(interval * 1000));
            }
            try (PowerClient.Readings readings = power.read()) {
                readings.forEachRemaining(each -> io.out()
                        .println("voltage=" + each.volts() + " V  current=" + each.amperes() + " A  apparent_power="
                                + each.volts() * each.amperes() + " VA"));
            }
        }
    }
}
