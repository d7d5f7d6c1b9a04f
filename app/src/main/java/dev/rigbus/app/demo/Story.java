package dev.rigbus.app.demo;

import dev.rigbus.client.CallException;
import dev.rigbus.client.ClientOptions;
import dev.rigbus.client.DriverNode;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.Upload;
import dev.rigbus.client.typed.Console;
import dev.rigbus.client.typed.FlasherClient;
import dev.rigbus.client.typed.PowerClient;
import dev.rigbus.client.typed.PowerReading;
import dev.rigbus.client.typed.SerialConsole;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A user's session with the board: every step goes over the network as any client's would. */
public final class Story {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String PROMPT = "root@virtual-board:~# ";

    private final String address;
    private final Narrator narrator;
    private final Map<String, String> environment;
    private String step = "";

    /** @param address of the exporter, as host:port */
    public Story(String address, Narrator narrator, Map<String, String> environment) {
        this.address = address;
        this.narrator = narrator;
        this.environment = environment;
    }

    /** Plays all steps, or fails with the one that did not work out. */
    public void tell() throws StoryException, InterruptedException {
        try {
            begin("Connect to the exporter, as any client does: gRPC on " + address);
            try (ExporterClient client = ExporterClient.connect(address, ClientOptions.plaintext())) {
                DriverNode board = client.driver(DemoBoard.NAME);
                board.children().values().forEach(each -> narrator.say(DemoBoard.NAME + "." + each.name()));
                flash(board.child("flasher"));
                PowerClient power = new PowerClient(board.child("power"));
                try (Console console = new SerialConsole(board.child("serial")).open()) {
                    boot(power, console.watch(narrator::console));
                    logIn(console);
                    useIt(console);
                }
                measure(power);
                switchOff(power);
            }
        } catch (IOException | CallException | IllegalArgumentException | IllegalStateException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw new StoryException(step + ": " + e.getMessage(), e);
        } finally {
            narrator.endConsole();
        }
    }

    private void begin(String text) {
        narrator.endConsole();
        step = text;
        narrator.step(text);
    }

    private void flash(DriverNode flasher) throws IOException {
        DemoBoard.Image image = DemoBoard.image();
        begin("Flash an image of " + (image.size() >> 20) + " MiB into its storage");
        long startNs = System.nanoTime();
        try (Narrator.Progress progress = narrator.progress("flashing", image.size())) {
            new FlasherClient(flasher).flash(Upload.of(image.content()).progress(progress.sent()));
        }
        narrator.say(String.format(Locale.ROOT, "flashed in %.1f s", (System.nanoTime() - startNs) / 1e9));
    }

    private void boot(PowerClient power, Console console) throws IOException {
        begin("Switch it on, and watch the serial console until it has booted");
        power.on();
        console.expect("boot: done", LIMIT);
        console.expect("login: ", LIMIT);
    }

    private void logIn(Console console) throws IOException {
        begin("Log in on the console");
        console.sendLine("root");
        console.expect("Password: ", LIMIT);
        console.sendLine("rigbus");
        console.expect(PROMPT, LIMIT);
    }

    private void useIt(Console console) throws IOException {
        begin("Run a command on the board");
        console.sendLine("uname -a");
        console.expect("Rigbus virtual-board [^\r\n]*", LIMIT);
        console.expect(PROMPT, LIMIT);
    }

    private void measure(PowerClient power) {
        begin("Read what it draws");
        PowerReading reading = reading(power);
        narrator.say(String.format(Locale.ROOT, "%.2f V, %.3f A", reading.volts(), reading.amperes()));
        if (reading.volts() <= 0) {
            throw new IllegalStateException("the board is on, but its supply says " + reading.volts() + " V");
        }
    }

    private void switchOff(PowerClient power) throws InterruptedException {
        Optional<StockClient> stock = StockClient.find(environment);
        if (stock.isPresent()) {
            begin("Switch it off, with the stock client: " + stock.get().program());
            switchOff(power, stock.get());
        } else {
            begin("Switch it off");
            power.off();
        }
        double volts = reading(power).volts();
        narrator.say(String.format(Locale.ROOT, "the supply says %.2f V", volts));
        if (volts > 0) {
            throw new IllegalStateException("the board is off, but its supply says " + volts + " V");
        }
    }

    /** The demo shows this exporter; that a client beside it is broken is worth a word, not a failure. */
    private void switchOff(PowerClient power, StockClient stock) throws InterruptedException {
        List<String> words = List.of(DemoBoard.NAME, "power", "off");
        narrator.command(String.join(" ", StockClient.shell(address)) + " -- j " + String.join(" ", words));
        try {
            stock.j(address, words);
        } catch (IOException e) {
            narrator.say("that did not work (" + e.getMessage() + "), so this client does it");
            power.off();
        }
    }

    private static PowerReading reading(PowerClient power) {
        try (PowerClient.Readings readings = power.read()) {
            if (!readings.hasNext()) {
                throw new IllegalStateException("the supply gives no reading");
            }
            return readings.next();
        }
    }

    /** The lines to type for going on by hand. */
    public static List<String> linesToType(String address) {
        return List.of(String.join(" ", StockClient.shell(address)), "j " + DemoBoard.NAME + " power on");
    }
}
