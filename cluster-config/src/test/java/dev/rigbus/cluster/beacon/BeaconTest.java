package dev.rigbus.cluster.beacon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.cluster.pki.LabKeys;
import dev.rigbus.cluster.pki.NodeIdentity;
import io.vertx.core.Vertx;
import io.vertx.core.net.HostAndPort;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class BeaconTest {
    private static final byte[] SECRET = "the lab's".getBytes(StandardCharsets.UTF_8);

    private final Vertx vertx = Vertx.vertx();
    private final List<Beacon> beacons = new ArrayList<>();
    private final AtomicLong now = new AtomicLong(1_000_000_000);

    @TempDir
    private Path temp;

    @AfterEach
    void stop() throws Exception {
        beacons.forEach(Beacon::stop);
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    private BeaconCode code(byte[] secret, String lab) {
        return new BeaconCode(secret, lab, now::get);
    }

    @Test
    void isUnderstoodOnce() {
        byte[] sent = code(SECRET, "lab").encode("a", "shelf:8082");
        BeaconCode hearing = code(SECRET, "lab");
        assertThat(hearing.decode(sent)).isEqualTo(new BeaconCode.Word("a", "shelf:8082"));
        assertThat(hearing.decode(sent)).isNull();
    }

    @Test
    void strangersAreNotBelieved() {
        BeaconCode hearing = code(SECRET, "lab");
        assertThat(hearing.decode(code("another's".getBytes(StandardCharsets.UTF_8), "lab")
                        .encode("a", "evil:1")))
                .isNull();
        assertThat(hearing.decode(code(SECRET, "other").encode("a", "evil:1"))).isNull();
        byte[] changed = code(SECRET, "lab").encode("a", "shelf:8082");
        changed[changed.length - 3] ^= 1;
        assertThat(hearing.decode(changed)).isNull();
        assertThat(hearing.decode(new byte[0])).isNull();
        assertThat(hearing.decode(new byte[40])).isNull();
        assertThat(hearing.decode(new byte[60_000])).isNull();
    }

    @Test
    void whatWasRecordedIsWorthNothingLater() {
        byte[] sent = code(SECRET, "lab").encode("a", "shelf:8082");
        now.addAndGet(Duration.ofMinutes(16).toMillis());
        assertThat(code(SECRET, "lab").decode(sent)).isNull();
        BeaconCode hearing = code(SECRET, "lab");
        BeaconCode sending = code(SECRET, "lab");
        byte[] earlier = sending.encode("a", "old:1");
        byte[] later = sending.encode("a", "new:1");
        assertThat(hearing.decode(later)).isNotNull();
        assertThat(hearing.decode(earlier)).isNull();
    }

    @Test
    void nodesOfALabHearEachOtherAndNobodyElse() throws Exception {
        int port;
        try (DatagramSocket free = new DatagramSocket()) {
            port = free.getLocalPort();
        }
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        LabKeys lab = LabKeys.openOrCreate(temp.resolve("lab"), InstantSource.system());
        LabKeys other = LabKeys.openOrCreate(temp.resolve("other"), InstantSource.system());
        Beacon a = beacon(port, lab, "a", heard);
        Beacon stranger = beacon(port, other, "stranger", heard);
        Beacon b = beacon(port, lab, "b", heard);
        beacons.addAll(List.of(stranger, a, b));
        beacons.forEach(Beacon::start);
        Set<String> all = new TreeSet<>();
        while (all.size() < 2) {
            String word = heard.poll(15, TimeUnit.SECONDS);
            assertThat(word).as("heard so far: %s", all).isNotNull();
            all.add(word);
        }
        assertThat(all).containsExactly("a hears b at b.example:8082", "b hears a at a.example:8082");
        assertThat(heard).allSatisfy(word -> assertThat(word).doesNotContain("stranger"));
    }

    private Beacon beacon(int port, LabKeys lab, String name, BlockingQueue<String> heard) throws Exception {
        NodeIdentity identity =
                NodeIdentity.openOrCreate(temp.resolve(name), lab, name, Set.of("localhost"), InstantSource.system());
        return new Beacon(
                vertx,
                new BeaconConfig("239.255.77.1", port, "lo", Duration.ofMillis(100)),
                identity,
                HostAndPort.create(name + ".example", 8082),
                (node, address) -> heard.add(name + " hears " + node + " at " + address));
    }
}
