import dev.rigbus.client.DriverNode;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.Upload;
import dev.rigbus.client.typed.FlasherClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** Measures our client against the exporter that the environment names; run as a source file by {@code client.py}. */
final class Calls {
    public static void main(String[] arguments) throws Exception {
        double seconds = Double.parseDouble(arguments[0]);
        try (ExporterClient client = ExporterClient.connect()) {
            DriverNode power = client.driver("power");
            int atOnce = Integer.parseInt(arguments[1]);
            // The compilers share the cores with what is measured: first they get something to do.
            many(power, atOnce, seconds);
            System.out.println("call-c" + atOnce + " " + many(power, atOnce, seconds));
            one(power, seconds);
            System.out.println("call-c1 " + one(power, seconds));
            Path image = Path.of(arguments[2]);
            bulk(client.driver("flasher"), image);
            System.out.println("flash " + bulk(client.driver("flasher"), image));
        }
    }

    private static double one(DriverNode power, double seconds) {
        long start = System.nanoTime();
        long calls = 0;
        while (System.nanoTime() - start < seconds * 1e9) {
            power.call("off");
            calls++;
        }
        return calls / ((System.nanoTime() - start) / 1e9);
    }

    private static double many(DriverNode power, int atOnce, double seconds) throws InterruptedException {
        Semaphore room = new Semaphore(atOnce);
        AtomicLong calls = new AtomicLong();
        long start = System.nanoTime();
        while (System.nanoTime() - start < seconds * 1e9) {
            room.acquire();
            power.async().call("off").onComplete(done -> {
                calls.incrementAndGet();
                room.release();
            });
        }
        room.acquire(atOnce);
        return calls.get() / ((System.nanoTime() - start) / 1e9);
    }

    /** MB a second that a flasher takes. */
    private static double bulk(DriverNode driver, Path image) throws Exception {
        long start = System.nanoTime();
        driver.as(FlasherClient.class).flash(Upload.of(image));
        return Files.size(image) / 1e6 / ((System.nanoTime() - start) / 1e9);
    }
}
