package dev.rigbus.system.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.rigbus.client.ClientOptions;
import dev.rigbus.client.ExporterAddress;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.lease.LabAccess;
import dev.rigbus.kernel.Listener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectTest {
    @TempDir
    private Path room;

    @Test
    void severalAddressesAreReadAsGrpcHasThem() {
        assertThat(ExporterAddress.parseAll("ipv4:10.0.0.1:80,10.0.0.2:81"))
                .containsExactly(new ExporterAddress.Tcp("10.0.0.1", 80), new ExporterAddress.Tcp("10.0.0.2", 81));
        assertThat(ExporterAddress.parseAll("ipv6:[::1]:80")).containsExactly(new ExporterAddress.Tcp("::1", 80));
        assertThat(ExporterAddress.parseAll("dns:///lab.test:8082"))
                .isEqualTo(ExporterAddress.parseAll("dns:lab.test:8082"))
                .isEqualTo(ExporterAddress.parseAll("lab.test:8082"))
                .containsExactly(new ExporterAddress.Tcp("lab.test", 8082));
        assertThat(ExporterAddress.parseAll("unix")).containsExactly(new ExporterAddress.Unix(Path.of("unix")));
        assertThat(ExporterAddress.parseAll("unix:/run/x"))
                .containsExactly(new ExporterAddress.Unix(Path.of("/run/x")));
    }

    @Test
    void anEndpointWithAHoleIsRefusedWithItsFile() throws Exception {
        Path file = Files.writeString(
                room.resolve("ann.yaml"),
                "{kind: ClientConfig, metadata: {name: ann, namespace: lab}, token: t, endpoint: 'ipv4:10.0.0.1:80,'}");
        assertThatIOException()
                .isThrownBy(() -> LabAccess.read(file))
                .withMessage(
                        file
                                + ": endpoint: ipv4:10.0.0.1:80,: the address is empty (expected: host:port, or the path of a socket)");
    }

    @Test
    void theCertificateMayNameTheServerOtherwise() throws Exception {
        Listener.Tls files = Certificates.localhost(room);
        try (Rig rig = new Rig(new Listener("127.0.0.1", 0, files, null))) {
            ClientOptions options = ClientOptions.secure(files.certificate());
            assertThatIOException()
                    .isThrownBy(() -> ExporterClient.connect(rig.address(), options.withServerName("elsewhere.test")))
                    .withMessageContaining("its certificate is not trusted");
            ExporterClient.connect(rig.address(), options.withServerName("localhost"))
                    .close();
        }
    }

    @Test
    void overTlsTheCertificateMustBeKnown() throws Exception {
        Listener.Tls files = Certificates.localhost(room);
        try (Rig rig = new Rig(new Listener("127.0.0.1", 0, files, null))) {
            try (ExporterClient client =
                    ExporterClient.connect(rig.address(), ClientOptions.secure(files.certificate()))) {
                client.driver("board.power").call("on");
            }
            assertThatIOException()
                    .isThrownBy(() -> ExporterClient.connect(rig.address(), ClientOptions.secure()))
                    .withMessageContaining("no exporter at " + rig.address())
                    .withMessageContaining("unable to find valid certification path");
            assertThatIOException()
                    .isThrownBy(() -> ExporterClient.connect(rig.address(), ClientOptions.plaintext()))
                    .withMessageContaining("does not answer");
        }
    }

    @Test
    void aPassphraseIsAskedFor() throws Exception {
        try (Rig rig = new Rig(new Listener("127.0.0.1", 0, null, "secret"))) {
            ClientOptions options = ClientOptions.plaintext();
            try (ExporterClient client = ExporterClient.connect(rig.address(), options.withPassphrase("secret"))) {
                client.driver("board.power").call("on");
            }
            for (ClientOptions wrong : List.of(options, options.withPassphrase("guess"))) {
                assertThatIOException()
                        .isThrownBy(() -> ExporterClient.connect(rig.address(), wrong))
                        .withMessage("the exporter at " + rig.address() + " refuses: invalid or missing passphrase");
            }
        }
    }

    @Test
    void whoExpectsTlsOfAPlaintextExporterIsTold() throws Exception {
        try (Rig rig = Rig.plaintext()) {
            assertThatIOException()
                    .isThrownBy(() -> ExporterClient.connect(rig.address(), ClientOptions.secure()))
                    .withMessage("no exporter at " + rig.address() + ": it does not speak TLS");
        }
    }

    @Test
    void nobodyThere() throws Exception {
        String address = freeAddress();
        assertThatIOException()
                .isThrownBy(() -> ExporterClient.connect(address, ClientOptions.plaintext()))
                .withMessageStartingWith("no exporter at " + address + ": ")
                .withMessageContaining("refused");
        Path socket = room.resolve("socket");
        assertThatIOException()
                .isThrownBy(() -> ExporterClient.connect(socket.toString(), ClientOptions.plaintext()))
                .withMessageStartingWith("no exporter at " + socket + ": no such file");
        Files.createFile(socket);
        assertThatIOException()
                .isThrownBy(() -> ExporterClient.connect(socket.toString(), ClientOptions.plaintext()))
                .withMessageStartingWith("no exporter at " + socket + ": ");
    }

    @Test
    void somebodyElseThere() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String address = "localhost:" + silent.getLocalPort();
            ClientOptions hasty = ClientOptions.plaintext().withTimeout(Duration.ofMillis(300));
            assertThatIOException()
                    .isThrownBy(() -> ExporterClient.connect(address, hasty))
                    .withMessage("the exporter at " + address + " does not answer: no answer within 300 ms");
        }
    }

    /** A hook gets the path of a socket; here the exporter's own is used, as a hook would. */
    @Test
    void theEnvironmentNamesTheExporter() throws Exception {
        try (Rig rig = Rig.plaintext()) {
            Map<String, String> environment = Map.of("JUMPSTARTER_HOST", rig.address(), "JMP_GRPC_INSECURE", "1");
            ExporterAddress address = ExporterAddress.ofEnvironment(environment);
            try (ExporterClient client = ExporterClient.connect(address, ClientOptions.ofEnvironment(environment))) {
                assertThat(client.status().version()).isPositive();
            }
        }
    }

    private static String freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }
}
