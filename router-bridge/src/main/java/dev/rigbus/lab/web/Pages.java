package dev.rigbus.lab.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rigbus.lab.identity.TokenIssuer;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What anybody may read. */
final class Pages {
    /** The name by which {@code jmp login} is known to providers. */
    private static final String CLIENT_ID = "jumpstarter-cli";

    private Pages() {}

    /** Of the lab's port; what no page is here goes on. */
    static Function<Request, Future<Answer>> main(
            Site site,
            TokenIssuer issuer,
            Supplier<@Nullable String> unready,
            Function<Request, Future<Answer>> others) {
        String landing = landing(site);
        String config = authConfig(site);
        return serve(
                Map.of(
                        "/", () -> new Answer(200, Answer.HTML, landing),
                        "/v1/auth/config", () -> new Answer(200, Answer.JSON, config),
                        "/.well-known/openid-configuration", () -> new Answer(200, Answer.JSON, issuer.discovery()),
                        "/jwks", () -> new Answer(200, Answer.JSON, issuer.jwks()),
                        "/healthz", Pages::health,
                        "/readyz", () -> readiness(unready.get())),
                others);
    }

    /** Of the port for those who watch over the lab. */
    static Function<Request, Future<Answer>> metrics(Supplier<String> metrics, Supplier<@Nullable String> unready) {
        return serve(
                Map.of(
                        "/metrics", () -> new Answer(200, Answer.METRICS, metrics.get()),
                        "/healthz", Pages::health,
                        "/readyz", () -> readiness(unready.get())),
                request -> Future.succeededFuture(Answer.notFound()));
    }

    private static Function<Request, Future<Answer>> serve(
            Map<String, Supplier<Answer>> pages, Function<Request, Future<Answer>> others) {
        return request -> {
            Supplier<Answer> page = pages.get(request.path());
            if (page == null) {
                return others.apply(request);
            }
            return Future.succeededFuture(
                    request.isGet() ? page.get() : Answer.text(405, "only GET is allowed here\n"));
        };
    }

    private static Answer health() {
        return Answer.text(200, "ok");
    }

    private static Answer readiness(@Nullable String unready) {
        return unready == null ? Answer.text(200, "ok") : Answer.text(503, unready + "\n");
    }

    private static String landing(Site site) {
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head><meta charset="utf-8"><title>Jumpstarter lab</title></head>
                <body>
                <h1>Jumpstarter lab</h1>
                <p>This is a Rigbus node. To use its boards, log in with the Jumpstarter command line:</p>
                <pre>jmp login your-username@%s</pre>
                <p>Clients that were given a configuration file need no login.</p>
                </body>
                </html>
                """.formatted(escape(site.endpoint()));
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private static String authConfig(Site site) {
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.put("grpcEndpoint", site.endpoint());
        config.put("routerEndpoint", site.endpoint());
        config.put("namespace", site.namespace());
        if (!site.authority().isEmpty()) {
            byte[] pem = site.authority().getBytes(StandardCharsets.UTF_8);
            config.put("caBundle", Base64.getEncoder().encodeToString(pem));
        }
        if (!site.providers().isEmpty()) {
            ArrayNode providers = config.putArray("oidc");
            site.providers().forEach(provider -> {
                ObjectNode entry = providers.addObject();
                entry.put("issuer", provider.issuer());
                entry.put("clientId", CLIENT_ID);
                provider.audiences().forEach(entry.withArray("audiences")::add);
            });
        }
        return config.toString();
    }
}
