package dev.rigbus.cluster.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.kernel.ports.RecordStore.StoreUnavailableException;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.testkit.ManualCluster;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What real processes keep: one that is killed at any instant, and one whose disk is full. */
class StoreFaultsTest {
    private static final int KILLS = 20;

    @TempDir
    Path dir;

    private static ProcessBuilder java(List<String> before, String main, String... args) {
        List<String> command = new ArrayList<>(before);
        // Not to run fast but to be there soon.
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                main));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    @Test
    void whatWasAcknowledgedSurvivesEveryKill() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<String, Long> acknowledged = new HashMap<>();
        long acks = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Process writer =
                    java(List.of(), CrashWriter.class.getName(), dir.toString()).start();
            try (BufferedReader lines = writer.inputReader(StandardCharsets.UTF_8)) {
                for (int i = 0; i <= CrashWriter.CHAINS; i++) {
                    String[] found = lines.readLine().split(" ");
                    assertThat(Long.parseLong(found[2]))
                            .as("seed " + seed + ", kill " + kill + ": " + found[1])
                            .isGreaterThanOrEqualTo(acknowledged.getOrDefault(found[1], 0L));
                }
                if (kill == 0) {
                    aSecondProcessIsRefused(writer);
                }
                acks += readAcks(lines, acknowledged, 1 + random.nextInt(300), writer);
            } finally {
                writer.destroyForcibly().waitFor();
            }
        }
        System.out.println(KILLS + " kills, seed " + seed + ", " + acks + " acknowledged writes");
        assertThat(acks).isGreaterThanOrEqualTo(KILLS);
        OpenStore last = RecordStores.open(dir, new ManualCluster("crash", Instant.now()), null, null, Map.of())
                .await(30, TimeUnit.SECONDS);
        try {
            for (int i = 0; i < CrashWriter.CHAINS; i++) {
                StoredRecord record = Objects.requireNonNull(last.records().get("chain", "k" + i));
                assertThat(record.version()).isGreaterThanOrEqualTo(acknowledged.getOrDefault("k" + i, 0L));
                assertThat(record.value()).startsWith("{\"version\":" + record.version() + ",");
            }
        } finally {
            last.close().await(20, TimeUnit.SECONDS);
        }
    }

    /** Kills the writer after so many of its acknowledgements, with others under way, and reads what it still said. */
    private static long readAcks(BufferedReader lines, Map<String, Long> acknowledged, int enough, Process writer)
            throws IOException {
        long acks = 0;
        for (String line; (line = lines.readLine()) != null; ) {
            String[] words = line.split(" ");
            assertThat(words[0]).as(line).isEqualTo("acked");
            // The kill may have cut the last line short; a shorter number claims less than was acknowledged.
            if (words.length == 3) {
                acknowledged.merge(words[1], Long.parseLong(words[2]), Math::max);
                acks++;
            }
            if (acks == enough) {
                // By its handle, since the process would also close the pipe with what it said before.
                writer.toHandle().destroyForcibly();
            }
        }
        return acks;
    }

    private void aSecondProcessIsRefused(Process first) {
        assertThatThrownBy(() -> RecordStores.open(dir, new ManualCluster("other", Instant.now()), null, null, Map.of())
                        .await(30, TimeUnit.SECONDS))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("in use")
                .hasMessageContaining("process " + first.pid());
    }

    @Test
    void aFullDiskIsToldAndHarmsNothing() throws Exception {
        // A disk of its own, gone with the process; without root in a name space where everybody may mount.
        boolean root = "root".equals(System.getProperty("user.name"));
        List<String> small = List.of(
                "unshare",
                root ? "-m" : "-rm",
                "sh",
                "-c",
                "mount -t tmpfs -o size=4m tmpfs " + dir + " && exec \"$@\"",
                "sh");
        Process process = java(small, FullDisk.class.getName(), dir.toString()).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said)
                .contains("told: the lab cannot keep this", "lab.db is full")
                .contains("all is well");
    }
}
