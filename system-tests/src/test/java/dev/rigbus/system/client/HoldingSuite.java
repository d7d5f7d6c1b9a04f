package dev.rigbus.system.client;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.rigbus.client.typed.PowerClient;
import dev.rigbus.junit.Board;
import dev.rigbus.junit.Device;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** A suite that holds a board of a lab until its JVM is killed; for a test that does so. */
public final class HoldingSuite {
    private HoldingSuite() {}

    /** Not found by name: it would never end. */
    @Board(selector = "kind=ours")
    static final class Holds {
        @Test
        void forever(@Device("power") PowerClient power) throws InterruptedException {
            power.on();
            System.out.println("mine");
            new CountDownLatch(1).await();
        }
    }

    public static void main(String[] arguments) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(Holds.class))
                .build();
        LauncherFactory.create().execute(request);
    }
}
