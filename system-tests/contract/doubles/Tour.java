import dev.rigbus.client.CallException;
import dev.rigbus.client.Compression;
import dev.rigbus.client.Download;
import dev.rigbus.client.DriverNode;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.typed.FlasherClient;
import dev.rigbus.client.LogStream;
import dev.rigbus.client.typed.PowerClient;
import dev.rigbus.client.RawStream;
import dev.rigbus.client.Upload;
import dev.rigbus.client.WireName;
import dev.rigbus.client.typed.MuxFlasherClient;
import dev.rigbus.client.typed.ShellClient;
import dev.rigbus.client.typed.StorageClient;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
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
            typed(client);
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

    interface Switch {
        void on();

        @WireName("read")
        Iterator<Map<String, Double>> readings();
    }

    /** What typed clients and interfaces make of the same driver. */
    private static void typed(ExporterClient client) throws IOException {
        StorageClient storage = client.driver("store").as(StorageClient.class);
        storage.write("a.txt", "content".getBytes(StandardCharsets.UTF_8));
        System.out.println("stored " + new String(storage.read("a.txt"), StandardCharsets.UTF_8) + " "
                + storage.stat("a.txt").length() + " " + storage.md5("a.txt") + " " + storage.exists("b.txt"));
        Switch power = client.driver("power").as(Switch.class);
        power.on();
        power.readings().forEachRemaining(each -> System.out.println("measured " + each.get("voltage")));
        MuxFlasherClient mux = client.driver("mux").as(MuxFlasherClient.class);
        mux.flash(Upload.of(new ByteArrayInputStream("card".getBytes(StandardCharsets.UTF_8))));
        ByteArrayOutputStream back = new ByteArrayOutputStream();
        mux.dump(Download.to(back));
        System.out.println("dumped " + back);
        ShellClient shell = client.driver("sh").as(ShellClient.class);
        ShellClient.Result said = shell.run("hi", "you");
        System.out.println("shell " + shell.methods() + " " + said.exitCode() + " " + said.output().strip());
        System.out.println("client " + client.driver("store").client().getClass().getSimpleName());
        Object result = client.driver("power").async().call("off").toCompletionStage().toCompletableFuture().join();
        System.out.println("async " + result);
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
