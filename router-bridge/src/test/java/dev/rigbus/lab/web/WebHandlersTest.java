package dev.rigbus.lab.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rigbus.lab.identity.Authenticator;
import dev.rigbus.lab.identity.TokenIssuer;
import dev.rigbus.lab.identity.TokenKeys;
import dev.rigbus.lab.model.Condition;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.model.Records;
import dev.rigbus.testkit.ManualCluster;
import dev.rigbus.testkit.MemoryRecordStore;
import dev.rigbus.wire.ExporterStatus;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebHandlersTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final String OBJECTS = "/apis/jumpstarter.dev/v1alpha1/namespaces/default/";
    private static final String CORE = "/api/v1/namespaces/default/";
    private static final EventLoopGroup LOOPS = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ManualCluster cluster = new ManualCluster("one", NOW);
    private final MemoryRecordStore records = new MemoryRecordStore(cluster::time);
    private final TokenIssuer issuer = new TokenIssuer(
            TokenKeys.generate(), "https://lab.example:8082", TokenIssuer.DEFAULT_LIFE, records, cluster);
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Authenticator authenticator = new Authenticator(issuer, List.of(), Set.of(), records, meters);
    private final RecordChanges changes = new RecordChanges(records, issuer, NOW);
    private volatile String unready;
    private final Site site = new Site(
            "lab.example:8082",
            "-----BEGIN CERTIFICATE-----\n",
            "default",
            List.of(new Site.Provider("https://dex.example", List.of("jumpstarter-cli"))));
    private final WebHandlers web = new WebHandlers(site, issuer, authenticator, records, changes, () -> unready);
    private Channel listener;
    private String token;

    @BeforeEach
    void start() throws Exception {
        listener = listen(web.connection());
        token = issuer.createAdmin("root").await(5, TimeUnit.SECONDS).token();
    }

    @AfterEach
    void stop() throws Exception {
        listener.close().sync();
    }

    @AfterAll
    static void end() {
        LOOPS.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @Test
    void theLandingPageSaysHowToLogIn() throws Exception {
        HttpResponse<String> page = get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("Jumpstarter", "jmp login your-username@lab.example:8082");
        assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
        assertThat(page.headers().firstValue("content-security-policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'none'"));
        assertThat(page.headers().firstValue("x-content-type-options")).hasValue("nosniff");
    }

    @Test
    void nothingOfTheConfigurationBecomesMarkup() {
        assertThat(Pages.escape("<a href=\"x\" b='y'>&")).isEqualTo("&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;");
    }

    @Test
    void loginFindsWhatItNeeds() throws Exception {
        JsonNode config = json(get("/v1/auth/config"));
        assertThat(config.path("grpcEndpoint").asText()).isEqualTo("lab.example:8082");
        assertThat(config.path("namespace").asText()).isEqualTo("default");
        assertThat(new String(Base64.getDecoder().decode(config.path("caBundle").asText()), StandardCharsets.UTF_8))
                .isEqualTo(site.authority());
        assertThat(config.path("oidc").toString())
                .isEqualTo("[{\"issuer\":\"https://dex.example\",\"clientId\":\"jumpstarter-cli\","
                        + "\"audiences\":[\"jumpstarter-cli\"]}]");
    }

    @Test
    void theLabsKeyIsPublished() throws Exception {
        assertThat(json(get("/.well-known/openid-configuration"))
                        .path("jwks_uri")
                        .asText())
                .isEqualTo("https://lab.example:8082/jwks");
        JsonNode key = json(get("/jwks")).path("keys").path(0);
        assertThat(key.path("kid").asText()).isEqualTo("default");
        assertThat(key.path("alg").asText()).isEqualTo("ES256");
        assertThat(key.has("d")).isFalse();
    }

    @Test
    void healthAndReadinessAreTold() throws Exception {
        assertThat(get("/healthz").body()).isEqualTo("ok");
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        unready = "the node is draining";
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).isEqualTo("the node is draining\n");
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void metricsHaveAListenerOfTheirOwn() throws Exception {
        authenticator.admin(List.of(), "/192.0.2.7:1");
        Channel metrics = web.listenMetrics(LOOPS, new InetSocketAddress("127.0.0.1", 0), meters::scrape)
                .sync()
                .channel();
        HttpResponse<String> scraped =
                send(HttpRequest.newBuilder(uri(metrics, "/metrics")).build());
        assertThat(scraped.body()).contains("rigbus_auth_total{kind=\"admin\",status=\"UNAUTHENTICATED\"} 1.0");
        assertThat(send(HttpRequest.newBuilder(uri(metrics, "/healthz")).build())
                        .body())
                .isEqualTo("ok");
        assertThat(send(HttpRequest.newBuilder(uri(metrics, "/jwks")).build()).statusCode())
                .isEqualTo(404);
        assertThat(get("/metrics").statusCode()).isEqualTo(404);
        metrics.close().sync();
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/nowhere,404",
        "GET,/../etc/passwd,404",
        "GET,/v1/,404",
        "POST,/,405",
        "HEAD,/,200",
        "GET,/?a=b,200",
        "GET,/apis/jumpstarter.dev/v1alpha1/namespaces/default/clients,401"
    })
    void whatIsNotThereIsRefused(String method, String path, int status) throws Exception {
        assertThat(exchange(method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 " + status + " ");
    }

    @Test
    void requestsThatAreTooLongAreRefused() throws Exception {
        assertThat(exchange("GET /" + "a".repeat(5000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 4");
        assertThat(exchange("GET / HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(20000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 4");
        assertThat(exchange("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ");
        assertThat(exchange("nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void requestsSentAtOnceAreAnsweredInTurn() throws Exception {
        String first = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
        String last = "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        assertThat(exchange(first + first + last).split("HTTP/1.1 200 OK")).hasSize(4);
    }

    @Test
    void aPeerThatDawdlesIsLetGo() throws Exception {
        Channel hasty = listen(WebServer.connection(
                request -> io.vertx.core.Future.succeededFuture(Answer.text(200, "ok")), Duration.ofMillis(200)));
        try (Socket socket = new Socket("127.0.0.1", port(hasty))) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("GET / HT".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        hasty.close().sync();
    }

    @Test
    void aClientIsMadeShownListedAndTakenAway() throws Exception {
        String body = """
                {"apiVersion": "jumpstarter.dev/v1alpha1", "kind": "Client",
                 "metadata": {"name": "ann", "labels": {"team": "a"}}, "spec": {"username": "dex:ann"}}""";
        assertThat(kube("POST", OBJECTS + "clients", body).statusCode()).isEqualTo(201);
        JsonNode client = json(kube("GET", OBJECTS + "clients/ann", null));
        assertThat(client.at("/apiVersion").asText()).isEqualTo("jumpstarter.dev/v1alpha1");
        assertThat(client.at("/metadata/labels/team").asText()).isEqualTo("a");
        assertThat(client.at("/metadata/creationTimestamp").asText()).isEqualTo("2030-01-01T00:00:00Z");
        assertThat(client.at("/spec/username").asText()).isEqualTo("dex:ann");
        assertThat(client.at("/status/credential/name").asText()).isEqualTo("ann-client");
        assertThat(client.at("/status/endpoint").asText()).isEqualTo("lab.example:8082");
        for (String key : List.of("uid", "resourceVersion", "generation", "namespace")) {
            assertThat(client.path("metadata").has(key)).as(key).isTrue();
        }
        failed(
                kube("POST", OBJECTS + "clients", body),
                409,
                "AlreadyExists",
                "clients.jumpstarter.dev \"ann\" already exists");
        assertThat(json(kube("GET", OBJECTS + "clients", null))
                        .at("/items/0/metadata/name")
                        .asText())
                .isEqualTo("ann");
        assertThat(kube("DELETE", OBJECTS + "clients/ann", null).statusCode()).isEqualTo(200);
        failed(
                kube("GET", OBJECTS + "clients/ann", null),
                404,
                "NotFound",
                "clients.jumpstarter.dev \"ann\" not found");
        failed(
                kube("DELETE", OBJECTS + "clients/ann", null),
                404,
                "NotFound",
                "clients.jumpstarter.dev \"ann\" not found");
        assertThat(changes.done).containsExactly("admin root creates default/ann", "admin root deletes default/ann");
    }

    @Test
    void takingTheSecretAwayMakesAnother() throws Exception {
        kube("POST", OBJECTS + "exporters", "{\"kind\": \"Exporter\", \"metadata\": {\"name\": \"rack\"}}");
        String secret = CORE + "secrets/rack-exporter";
        String first = json(kube("GET", secret, null)).at("/data/token").asText();
        assertThat(new String(Base64.getDecoder().decode(first), StandardCharsets.US_ASCII).split("\\."))
                .hasSize(3);
        assertThat(kube("DELETE", secret, null).statusCode()).isEqualTo(200);
        assertThat(json(kube("GET", secret, null)).at("/data/token").asText()).isNotEqualTo(first);
        failed(kube("GET", CORE + "secrets/rack-client", null), 404, "NotFound", "secrets \"rack-client\" not found");
        failed(kube("GET", CORE + "secrets/rack", null), 404, "NotFound", "secrets \"rack\" not found");
    }

    @Test
    void whoSignedTheCertificateIsShown() throws Exception {
        JsonNode map = json(kube("GET", CORE + "configmaps/jumpstarter-service-ca-cert", null));
        assertThat(map.path("data").path("ca.crt").asText()).isEqualTo(site.authority());
        failed(kube("GET", CORE + "configmaps/other", null), 404, "NotFound", "configmaps \"other\" not found");
    }

    @Test
    void anExporterIsShownWithItsDevicesAndWhatItDoes() throws Exception {
        ObjectName name = new ObjectName("default", "rack");
        Exporter.Device device =
                new Exporter.Device("u-1", "u-0", Map.of("jumpstarter.dev/name", "power"), null, Map.of());
        put(Exporter.KIND, new Exporter(name, "u", Map.of(), null, null, true, null, List.of(device), null, NOW));
        put(
                ExporterState.KIND,
                new ExporterState(
                        name,
                        "one",
                        1,
                        ExporterStatus.EXPORTER_STATUS_LEASE_READY,
                        "busy",
                        NOW,
                        true,
                        "l",
                        "ann",
                        "l",
                        1));
        JsonNode status = json(kube("GET", OBJECTS + "exporters/rack", null)).path("status");
        assertThat(status.path("exporterStatus").asText()).isEqualTo("LeaseReady");
        assertThat(status.path("statusMessage").asText()).isEqualTo("busy");
        assertThat(status.at("/devices/0").toString())
                .isEqualTo(
                        "{\"uuid\":\"u-1\",\"parent_uuid\":\"u-0\",\"labels\":{\"jumpstarter.dev/name\":\"power\"}}");
        failed(
                kube("GET", CORE + "secrets/rack-exporter", null),
                404,
                "NotFound",
                "secrets \"rack-exporter\" not found");
    }

    @Test
    void aLeaseIsShown() throws Exception {
        Condition ready = new Condition(Condition.READY, true, "Ready", "ok", NOW);
        put(
                Lease.KIND,
                new Lease(
                        new ObjectName("default", "l1"),
                        "u",
                        "ann",
                        new Lease.Wish("board=a,!x", "board=a,!x", null, Map.of(), Map.of(), false),
                        new Lease.Time(Duration.ofMinutes(30), null, null),
                        new Lease.Grant("rack", 1, 0, NOW),
                        null,
                        List.of(ready),
                        NOW));
        JsonNode lease = json(kube("GET", OBJECTS + "leases/l1", null));
        assertThat(lease.path("metadata").has("managedFields")).isTrue();
        assertThat(lease.at("/spec/clientRef/name").asText()).isEqualTo("ann");
        assertThat(lease.at("/spec/duration").asText()).isEqualTo("30m0s");
        assertThat(lease.at("/spec/selector/matchLabels/board").asText()).isEqualTo("a");
        assertThat(lease.at("/status/ended").asBoolean(true)).isFalse();
        assertThat(lease.at("/status/exporterRef/name").asText()).isEqualTo("rack");
        assertThat(lease.at("/status/conditions/0").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "type", "status", "reason", "message", "observedGeneration", "lastTransitionTime");
        assertThat(json(kube("GET", OBJECTS + "leases", null)).path("items")).hasSize(1);
    }

    @Test
    void onlyAdministratorsAreServed() throws Exception {
        kube("POST", OBJECTS + "clients", "{\"kind\": \"Client\", \"metadata\": {\"name\": \"ann\"}}");
        String of = new String(
                Base64.getDecoder()
                        .decode(json(kube("GET", CORE + "secrets/ann-client", null))
                                .at("/data/token")
                                .asText()),
                StandardCharsets.US_ASCII);
        failed(get(OBJECTS + "clients"), 401, "Unauthorized", "missing authorization header");
        String admin = token;
        token = of;
        assertThat(kube("GET", OBJECTS + "clients", null).statusCode()).isEqualTo(403);
        token = admin + "x";
        assertThat(kube("DELETE", OBJECTS + "clients/ann", null).statusCode()).isEqualTo(401);
        token = admin;
        assertThat(kube("GET", OBJECTS + "clients/ann", null).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{|400",
                "{}|400",
                "{\"kind\": \"Client\"}|422",
                "[]|400",
                "{\"kind\": \"Client\", \"metadata\": {\"name\": \"a\", \"labels\": {\"b\": 1}}}|422"
            })
    void whatIsNoClientMakesNone(String body, int status) throws Exception {
        assertThat(kube("POST", OBJECTS + "clients", body).statusCode()).isEqualTo(status);
        assertThat(changes.done).isEmpty();
    }

    @Test
    void whatTheStoreCannotDoIsTold() throws Exception {
        records.refuse("the database is away; try again later");
        HttpResponse<String> refused =
                kube("POST", OBJECTS + "clients", "{\"kind\": \"Client\", \"metadata\": {\"name\": \"ann\"}}");
        failed(refused, 503, "ServiceUnavailable", "the database is away; try again later");
    }

    private void put(String kind, Object value) throws Exception {
        String key = JSON.readTree(Records.write(value)).path("name").asText();
        records.write(kind, key, 0, Records.write(value)).await(5, TimeUnit.SECONDS);
    }

    private static void failed(HttpResponse<String> response, int status, String reason, String message)
            throws IOException {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(json(response).path("reason").asText()).isEqualTo(reason);
        assertThat(json(response).path("message").asText()).isEqualTo(message);
    }

    private static Channel listen(ChannelHandler connection) throws InterruptedException {
        return WebServer.listen(LOOPS, new InetSocketAddress("127.0.0.1", 0), connection)
                .sync()
                .channel();
    }

    private static int port(Channel channel) {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    private static URI uri(Channel channel, String path) {
        return URI.create("http://127.0.0.1:" + port(channel) + path);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(listener, path)).build());
    }

    private HttpResponse<String> kube(String method, String path, String body) throws Exception {
        HttpRequest.BodyPublisher publisher =
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        return send(HttpRequest.newBuilder(uri(listener, path))
                .header("authorization", "Bearer " + token)
                .method(method, publisher)
                .build());
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    private String exchange(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port(listener))) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
