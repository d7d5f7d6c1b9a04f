import dev.rigbus.client.CallException;
import dev.rigbus.client.Compression;
import dev.rigbus.client.DriverNode;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.typed.FlasherClient;
import dev.rigbus.client.LogStream;
import dev.rigbus.client.typed.PowerClient;
import dev.rigbus.client.RawStream;
import dev.rigbus.client.Upload;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Visits the exporter that the environment names with our client, and says what it met; run as a source file. */
final class Tour {
    public static void main(String[] arguments) throws Exception {
        try (ExporterClient client = ExporterClient.connect()) {
            System.out.println("drivers " + client.root().children().keySet());
            System.out.println("status " + client.status().state());
            power(client.driver("power"));
            stream(client.driver("echo"));
            flash(client.driver("flasher"));
            fail(client.driver("power"));
            log(client);
        } catch (IOException e) {
            System.out.println("not connected: " + e.getMessage());
        }
    }

    private static void power(DriverNode driver) {
        PowerClient power = new PowerClient(driver);
        power.on();
        try (PowerClient.Readings readings = power.read()) {
            readings.forEachRemaining(each -> System.out.println("reading " + each.volts() + " " + each.amperes()));
        }
    }

    private static void stream(DriverNode echo) throws Exception {
        byte[] data = noise(8 << 20);
        try (RawStream stream = echo.stream("connect")) {
            Thread writer = new Thread(() -> {
                try (OutputStream output = stream.output()) {
                    output.write(data);
                } catch (IOException e) {
                    System.out.println("not written: " + e.getMessage());
                }
            });
            writer.start();
            byte[] back = stream.input().readAllBytes();
            writer.join();
            System.out.println("echo " + Arrays.equals(data, back));
        }
    }

    private static void flash(DriverNode driver) throws IOException {
        byte[] image = noise(5_000_000);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(image);
        }
        FlasherClient flasher = new FlasherClient(driver);
        flasher.flash(Upload.of(new ByteArrayInputStream(image)), "plain");
        flasher.flash(Upload.of(new ByteArrayInputStream(packed.toByteArray())).compressed(Compression.GZIP), "packed");
        System.out.println("flashed");
    }

    private static void fail(DriverNode power) {
        try {
            power.call("fly");
        } catch (CallException.MethodNotImplemented e) {
            System.out.println(e.getMessage());
        }
    }

    private static void log(ExporterClient client) throws Exception {
        try (LogStream log = client.logStream()) {
            LogStream.Entry entry = log.next(Duration.ofSeconds(20));
            while (entry != null && entry.source() != LogStream.Source.DRIVER) {
                entry = log.next(Duration.ofSeconds(20));
            }
            System.out.println("log " + entry);
        }
    }

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(1).nextBytes(bytes);
        return bytes;
    }
}
