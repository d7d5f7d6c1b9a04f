package dev.rigbus.system.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.client.DriverNode;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.kernel.bundle.BundleException;
import dev.rigbus.kernel.bundle.BundleFile;
import dev.rigbus.kernel.bundle.BundlePolicy;
import dev.rigbus.kernel.bundle.BundleStore;
import dev.rigbus.kernel.bundle.Bundles;
import dev.rigbus.kernel.bundle.Bundles.Step;
import dev.rigbus.kernel.tree.TypeRegistry;
import dev.rigbus.testkit.BundleJar;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which jars are taken, and what one that is not leaves behind. */
@Timeout(60)
class BundlesTest {
    /** A driver of a package, with what differs from test to test in the place of the words in capitals. */
    private static final String DRIVER = """
            package PACKAGE;
            import dev.rigbus.driver.*;
            import io.vertx.core.Future;
            import java.util.*;
            public final class Made implements Driver {
                private final DriverContext context;
                Made(DriverContext context) { this.context = context; }
                public String client() { return "CLIENT"; }
                @Export public String version() { return "VERSION"; }
                @Export public String below() throws Exception {
                    Driver child = context.children().get("below");
                    return child == null ? "" : (String) child.getClass().getMethod("version").invoke(child);
                }
                public Future<?> start() { START }
                public Future<?> close() {
                    System.setProperty("closed.VERSION", "" + (Integer.getInteger("closed.VERSION", 0) + 1));
                    return Future.succeededFuture();
                }
                public static final class Provider implements DriverProvider {
                    public List<DriverType<?>> types() {
                        return List.of(DriverType.of("PACKAGE.Made", Made::new));
                    }
                }
            }
            """;

    @TempDir
    Path room;

    private BundleJar bundle(String name, String version, Map<String, String> words) throws IOException {
        Map<String, String> all = new LinkedHashMap<>(Map.of(
                "PACKAGE",
                name,
                "VERSION",
                version,
                "CLIENT",
                "a.Client",
                "START",
                "return Future.succeededFuture();"));
        all.putAll(words);
        String text = DRIVER;
        for (Map.Entry<String, String> each : all.entrySet()) {
            text = text.replace(each.getKey(), each.getValue());
        }
        return BundleJar.of(name, version)
                .source(room, all.get("PACKAGE") + ".Made", text)
                .provider(all.get("PACKAGE") + ".Made$Provider");
    }

    private Path jar(BundleJar bundle) throws IOException {
        return bundle.write(Files.createTempFile(room, "bundle", ".jar"));
    }

    private Path made(String name, String version, String... words) throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        for (int i = 0; i < words.length; i += 2) {
            all.put(words[i], words[i + 1]);
        }
        return jar(bundle(name, version, all));
    }

    private static String version(DriverNode driver) {
        return String.valueOf(driver.call("version"));
    }

    @Test
    void whatIsNoBundleIsToldByItsName() throws Exception {
        Path text = Files.writeString(room.resolve("note.jar"), "no jar");
        assertThatThrownBy(() -> BundleFile.open(text))
                .isInstanceOf(BundleException.class)
                .hasMessageStartingWith(text + ": is no whole jar");
        Path bare = jar(BundleJar.bare());
        assertThatThrownBy(() -> BundleFile.open(bare))
                .hasMessage(bare + ": is no bundle: its manifest has no Rigbus-Bundle");
        Path whole = made("lamp", "1");
        byte[] bytes = Files.readAllBytes(whole);
        Path half = Files.write(room.resolve("half.jar"), java.util.Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> BundleFile.open(half)).hasMessageContaining("is no whole jar");
        assertThatThrownBy(() -> BundleFile.open(room.resolve("none.jar"))).hasMessageContaining("none.jar");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Rigbus-Bundle         | Lamp!   | Rigbus-Bundle: "Lamp!" (expected: up to 63 small letters
            Rigbus-Bundle-Version | a b     | Rigbus-Bundle-Version: "a b"
            Rigbus-Bundle-Version | ' '     | its manifest has no Rigbus-Bundle-Version
            Rigbus-Api            | one     | Rigbus-Api: "one" (expected: a version as 1.2
            Rigbus-Api            | [1,2    | Rigbus-Api: "[1,2"
            Rigbus-Rights         | nuclear | Rigbus-Rights: nuclear (expected: of files, native, network, process)
            """)
    void aManifestWithAMistakeIsToldByTheKey(String key, String value, String text) throws Exception {
        Path jar = jar(BundleJar.of("lamp", "1").with(key, value));
        assertThatThrownBy(() -> BundleFile.open(jar))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining(text)
                .hasMessageStartingWith(jar.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Rigbus-Api    | 2.0       | needs version 2.0 of the driver API, and this is 1.0
            Rigbus-Api    | 1.1       | needs version 1.1 of the driver API
            Rigbus-Api    | [0.5,1)   | needs version [0.5,1) of the driver API
            Rigbus-Rights | native    | needs the right "native", which the node does not give
            """)
    void R37_whatANodeDoesNotTakeChangesNothing(String key, String value, String text) throws Exception {
        try (Site site = new Site(room)) {
            site.serve("lamp", site.put(made("lamp", "1")));
            site.export(Map.of("lamp", Site.node("lamp", "lamp.Made")));
            String refused = site.put(jar(bundle("lamp", "2", Map.of()).with(key, value)));
            assertThatThrownBy(() -> site.serve("lamp", refused)).hasMessageContaining(text);
            try (ExporterClient client = site.client()) {
                assertThat(version(client.driver("lamp"))).isEqualTo("1");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1.0", "1", "'[1.0,2)'", "'(0.9,1.0]'"})
    void anApiRangeThatFitsIsTaken(String range) throws Exception {
        try (Site site = new Site(room)) {
            site.serve("lamp", site.put(jar(bundle("lamp", "1", Map.of()).with("Rigbus-Api", range))));
            assertThat(site.registry.types()).containsKey("lamp.Made");
        }
    }

    @Test
    void aVersionThatDoesNotStartLeavesTheOldOneAndSaysWhy() throws Exception {
        try (Site site = new Site(room)) {
            site.serve("lamp", site.put(made("lamp", "1")));
            site.export(Map.of("lamp", Site.node("lamp", "lamp.Made")));
            String broken = site.put(made("lamp", "2", "START", "return Future.failedFuture(\"no current\");"));
            assertThatThrownBy(() -> site.serve("lamp", broken))
                    .hasMessageContaining("exporter rig: driver lamp cannot start: no current");
            assertThat(Integer.getInteger("closed.2"))
                    .as("a driver is closed once")
                    .isEqualTo(1);
            String other = site.put(made("lamp", "3", "CLIENT", "another.Client"));
            assertThatThrownBy(() -> site.serve("lamp", other))
                    .hasMessageContaining("its client would be another.Client instead of a.Client");
            assertThatThrownBy(() -> site.serve("lamp", null))
                    .hasMessageContaining("driver lamp is a lamp.Made, which would be gone");
            try (ExporterClient client = site.client()) {
                assertThat(version(client.driver("lamp"))).isEqualTo("1");
                // Nothing of the failed attempts is in the way of the next.
                site.serve("lamp", site.put(made("lamp", "4")));
                assertThat(version(client.driver("lamp"))).isEqualTo("4");
            }
        }
    }

    @Test
    void R31_R33_theSameVersionWithAnotherContentIsPickedUpAndItsFileMayChangeLater() throws Exception {
        try (Site site = new Site(room)) {
            Path jar = made("lamp", "1");
            site.serve("lamp", site.put(jar));
            site.export(Map.of("lamp", Site.node("lamp", "lamp.Made")));
            try (ExporterClient client = site.client()) {
                // The file that it came from is nobody's business any more, even while its classes are still being
                // loaded.
                Files.writeString(jar, "overwritten in place");
                assertThat(version(client.driver("lamp"))).isEqualTo("1");
                Path same = jar(bundle("lamp", "1", Map.of("VERSION", "1 again")));
                site.serve("lamp", site.put(same));
                assertThat(version(client.driver("lamp"))).isEqualTo("1 again");
            }
        }
    }

    @Test
    void R32_anUpgradeLeavesTheDriversOfOthersAlone() throws Exception {
        try (Site site = new Site(room)) {
            site.serve("lamp", site.put(made("lamp", "1")));
            site.serve("fan", site.put(made("fan", "1", "START", "return Future.succeededFuture();")));
            site.export(Map.of(
                    "lamp",
                    Site.node("lamp", "lamp.Made"),
                    "fan",
                    Site.node("fan", "fan.Made"),
                    "power",
                    Site.node("power", "jumpstarter_driver_power.driver.MockPower")));
            Object before = site.registry.types().get("fan.Made");
            try (ExporterClient client = site.client()) {
                client.driver("power").call("on");
                site.serve("lamp", site.put(made("lamp", "2")));
                assertThat(version(client.driver("lamp"))).isEqualTo("2");
                assertThat(version(client.driver("fan"))).isEqualTo("1");
                assertThat(site.registry.types().get("fan.Made")).isSameAs(before);
            }
        }
    }

    @Test
    void whoUsesAReplacedDriverAsAnObjectComesAnewWithIt() throws Exception {
        try (Site site = new Site(room)) {
            site.serve("lamp", site.put(made("lamp", "1")));
            site.serve("desk", site.put(made("desk", "1")));
            site.export(Map.of(
                    "desk",
                    Site.node(
                            "desk",
                            "desk.Made",
                            Map.of(),
                            Map.of("below", Site.node("desk.children.below", "lamp.Made")))));
            try (ExporterClient client = site.client()) {
                String uuid = client.driver("desk").uuid();
                assertThat(client.driver("desk").call("below")).isEqualTo("1");
                site.serve("lamp", site.put(made("lamp", "2")));
                assertThat(client.driver("desk").call("below")).isEqualTo("2");
                assertThat(client.driver("desk").uuid()).isEqualTo(uuid);
            }
        }
    }

    @Test
    void twoThatBringTheSameTypeDoNotGetInEachOthersWay() throws Exception {
        try (Site site = new Site(room)) {
            site.serve("lamp", site.put(made("lamp", "1")));
            String rival = site.put(jar(bundle("rival", "1", Map.of("PACKAGE", "lamp"))));
            assertThatThrownBy(() -> site.serve("rival", rival))
                    .hasMessageContaining("bundle lamp brings the driver type lamp.Made already");
            site.serve("lamp", null);
            site.serve("rival", rival);
            assertThat(site.registry.types()).containsKey("lamp.Made");
        }
    }

    @Test
    void aChangeThatIsCalledOffLeavesNothingAndLetsTheNextThrough() throws Exception {
        try (Site site = new Site(room)) {
            site.serve("lamp", site.put(made("lamp", "1")));
            site.export(Map.of("lamp", Site.node("lamp", "lamp.Made")));
            Step step = Site.await(site.bundles.prepare(site.vertx, "lamp", site.put(made("lamp", "2")), null));
            var next = site.bundles.prepare(site.vertx, "lamp", site.put(made("lamp", "3")), null);
            try (ExporterClient client = site.client()) {
                assertThat(version(client.driver("lamp"))).isEqualTo("1");
                assertThat(next.isComplete()).isFalse();
                Site.await(step.abort());
                Site.await(Site.await(next).commit());
                assertThat(version(client.driver("lamp"))).isEqualTo("3");
                assertThatThrownBy(() -> Site.await(step.commit())).hasMessageContaining("called off");
            }
        }
    }

    @Test
    void whatStartsWhileAChangeIsBeingPreparedFollowsItToo() throws Exception {
        try (Site site = new Site(room)) {
            site.serve("lamp", site.put(made("lamp", "1")));
            Step step = Site.await(site.bundles.prepare(site.vertx, "lamp", site.put(made("lamp", "5")), null));
            site.export(Map.of("lamp", Site.node("lamp", "lamp.Made")));
            try (ExporterClient client = site.client()) {
                assertThat(version(client.driver("lamp"))).isEqualTo("1");
                Site.await(step.commit());
                assertThat(version(client.driver("lamp"))).isEqualTo("5");
            }
        }
    }

    @Test
    void R34_whatServedIsThereAfterARestartAndWhatIsBrokenKeepsNobodyFromIt() throws Exception {
        String lamp;
        try (Site site = new Site(room)) {
            lamp = site.put(made("lamp", "1"));
            site.serve("lamp", lamp);
            site.serve("fan", site.put(made("fan", "1")));
        }
        Path store = room.resolve("bundles");
        TypeRegistry registry = TypeRegistry.of(List.of());
        Bundles again = new Bundles(store, BundlePolicy.USUAL, registry);
        again.load();
        assertThat(registry.types()).containsKeys("lamp.Made", "fan.Made");

        Files.writeString(store.resolve(lamp + ".jar"), "a disk that forgets");
        TypeRegistry fewer = TypeRegistry.of(List.of());
        new Bundles(store, BundlePolicy.USUAL, fewer).load();
        assertThat(fewer.types()).containsKey("fan.Made").doesNotContainKey("lamp.Made");

        Files.writeString(store.resolve("active.json"), "{\"lamp\": \"123");
        new Bundles(store, BundlePolicy.USUAL, fewer).load();
    }

    @Test
    void R37_aContentThatIsNotWholeOrNotWhatItShouldBeIsNotKept() throws Exception {
        BundleStore store = new BundleStore(room.resolve("store"));
        byte[] content = "content".getBytes(UTF_8);
        String hash = BundleStore.hash(Files.write(room.resolve("content"), content));
        store.put(hash, 0, "con".getBytes(UTF_8), false);
        assertThat(store.has(hash)).isFalse();
        assertThat(store.received(hash)).isEqualTo(3);
        assertThatThrownBy(() -> store.put(hash, 5, "nt".getBytes(UTF_8), true))
                .hasMessageContaining("is missing before byte 5");
        // A piece that comes again, as after an answer that was lost.
        store.put(hash, 0, "con".getBytes(UTF_8), false);
        store.put(hash, 3, "tent".getBytes(UTF_8), true);
        assertThat(store.received(hash)).isEqualTo(-1);
        assertThat(store.get(hash, 3, 100)).isEqualTo("tent".getBytes(UTF_8));

        String other = "0".repeat(64);
        assertThatThrownBy(() -> store.put(other, 0, content, true)).hasMessageContaining("it is not kept");
        assertThat(store.received(other)).isZero();
        assertThatThrownBy(() -> store.has("../../etc/passwd")).isInstanceOf(IllegalArgumentException.class);
        store.keep(Set.of());
        assertThat(store.has(hash)).isFalse();
    }

    private void run(String... command) throws Exception {
        List<String> words = new java.util.ArrayList<>(List.of(command));
        words.set(0, Path.of(System.getProperty("java.home"), "bin", command[0]).toString());
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private X509Certificate signer(String name) throws Exception {
        String keys = room.resolve(name + ".p12").toString();
        String pem = room.resolve(name + ".pem").toString();
        run(
                "keytool",
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-validity",
                "3650",
                "-storetype",
                "PKCS12",
                "-keystore",
                keys,
                "-storepass",
                "secret");
        run("keytool", "-exportcert", "-rfc", "-alias", name, "-keystore", keys, "-storepass", "secret", "-file", pem);
        try (var in = Files.newInputStream(Path.of(pem))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private Path signed(Path jar, String name) throws Exception {
        run(
                "jarsigner",
                "-keystore",
                room.resolve(name + ".p12").toString(),
                "-storepass",
                "secret",
                jar.toString(),
                name);
        return jar;
    }

    @Test
    void aNodeThatWantsASignatureTakesOnlyThoseOfWhomItTrusts() throws Exception {
        X509Certificate trusted = signer("trusted");
        signer("stranger");
        Path jar = made("lamp", "1");
        Path unsigned = Files.copy(jar, room.resolve("unsigned.jar"));
        Path foreign = signed(Files.copy(jar, room.resolve("foreign.jar")), "stranger");
        Path own = signed(Files.copy(jar, room.resolve("own.jar")), "trusted");
        // A class that was put into a signed jar later.
        Path stuffed = Files.copy(own, room.resolve("stuffed.jar"));
        try (var zip = java.nio.file.FileSystems.newFileSystem(stuffed)) {
            Files.writeString(zip.getPath("/extra.class"), "extra");
        }
        Path changed = Files.copy(own, room.resolve("changed.jar"));
        try (var zip = java.nio.file.FileSystems.newFileSystem(changed)) {
            Files.writeString(zip.getPath("/lamp/Made.class"), "changed");
        }
        TypeRegistry registry = TypeRegistry.of(List.of());
        Bundles careful = new Bundles(room.resolve("careful"), new BundlePolicy(List.of(), List.of(trusted)), registry);
        Vertx vertx = Vertx.vertx();
        try {
            for (Path each : List.of(unsigned, foreign, stuffed, changed)) {
                String hash = BundleStore.hash(each);
                careful.store().put(hash, 0, Files.readAllBytes(each), true);
                assertThatThrownBy(() -> Site.await(careful.prepare(vertx, "lamp", hash, null)))
                        .as(each.toString())
                        .hasMessageContaining(
                                each == changed ? "its signature is broken" : "is not signed by one of those");
            }
            String hash = BundleStore.hash(own);
            careful.store().put(hash, 0, Files.readAllBytes(own), true);
            Site.await(Site.await(careful.prepare(vertx, "lamp", hash, null)).commit());
            assertThat(registry.types()).containsKey("lamp.Made");
        } finally {
            Site.await(vertx.close());
        }
    }
}
