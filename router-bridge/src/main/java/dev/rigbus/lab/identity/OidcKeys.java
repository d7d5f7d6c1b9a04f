package dev.rigbus.lab.identity;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The public keys of an issuer. Those that were fetched stay in use while the issuer does not answer. Safe to use from any thread. */
final class OidcKeys {
    private static final Logger log = LoggerFactory.getLogger(OidcKeys.class);
    private static final Duration FRESH = Duration.ofMinutes(10);
    /** Tokens with made-up keys must not become requests to the issuer. */
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(10);

    private static final long ANSWER_MILLIS = 10_000;
    private static final int MOST_BYTES = 1 << 20;

    private final String issuer;
    private final HttpClient http;
    private volatile @Nullable JWKSet keys;
    private Instant fetched = Instant.MIN;
    private Instant attempted = Instant.MIN;
    private @Nullable Future<JWKSet> fetching;

    OidcKeys(Vertx vertx, OidcConfig config) {
        this.issuer = config.url().toString();
        HttpClientOptions options = new HttpClientOptions().setConnectTimeout((int) ANSWER_MILLIS);
        if (config.authority() != null) {
            options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(config.authority())));
        }
        this.http = vertx.createHttpClient(options);
    }

    /** Those that are known, or are fetched now if none are. */
    Future<JWKSet> current(Instant now) {
        JWKSet known = keys;
        if (known == null) {
            return newer(now);
        }
        if (isStale(now)) {
            // Nobody waits for it; what is known serves meanwhile.
            newer(now);
        }
        return Future.succeededFuture(known);
    }

    private synchronized boolean isStale(Instant now) {
        return later(fetched, FRESH).isBefore(now);
    }

    /** What the issuer has now, unless it was asked a moment ago. */
    Future<JWKSet> newer(Instant now) {
        return fetch(now).recover(cause -> {
            JWKSet known = keys;
            return known != null
                    ? Future.succeededFuture(known)
                    : Future.failedFuture(new StatusException(
                            Code.UNKNOWN,
                            "oidc: authenticator for issuer " + Quote.of(issuer) + " is not initialized: "
                                    + cause.getMessage()));
        });
    }

    Future<JWKSet> fetch(Instant now) {
        Promise<JWKSet> promise = Promise.promise();
        synchronized (this) {
            if (fetching != null) {
                return fetching;
            }
            if (now.isBefore(later(attempted, BETWEEN_ATTEMPTS))) {
                return Future.failedFuture("it was asked a moment ago");
            }
            attempted = now;
            fetching = promise.future();
        }
        request().onComplete(done -> {
            synchronized (this) {
                fetching = null;
                if (done.succeeded()) {
                    keys = done.result();
                    fetched = now;
                }
            }
            if (done.failed()) {
                log.warn(
                        "the keys of {} cannot be fetched: {}",
                        issuer,
                        done.cause().getMessage());
            }
            promise.handle(done);
        });
        return promise.future();
    }

    private static Instant later(Instant time, Duration by) {
        return time.equals(Instant.MIN) ? time : time.plus(by);
    }

    private Future<JWKSet> request() {
        String discovery = issuer.replaceFirst("/$", "") + "/.well-known/openid-configuration";
        return get(discovery).compose(body -> get(keysUrl(body))).map(body -> {
            try {
                return JWKSet.parse(body);
            } catch (ParseException e) {
                throw new IllegalArgumentException("its key set cannot be read");
            }
        });
    }

    private String keysUrl(String body) {
        try {
            Map<String, Object> document = JSONObjectUtils.parse(body);
            String url = JSONObjectUtils.getString(document, "jwks_uri");
            if (!issuer.equals(document.get("issuer")) || url == null || !url.startsWith("https://")) {
                throw new IllegalArgumentException("its discovery document names another issuer or no https jwks_uri");
            }
            return url;
        } catch (ParseException e) {
            throw new IllegalArgumentException("its discovery document cannot be read");
        }
    }

    private Future<String> get(String url) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(url)
                .setTimeout(ANSWER_MILLIS);
        return http.request(options).compose(request -> request.send().compose(OidcKeys::body));
    }

    private static Future<String> body(HttpClientResponse response) {
        if (response.statusCode() != 200) {
            return Future.failedFuture(new IOException("it answers with HTTP status " + response.statusCode()));
        }
        Promise<String> whole = Promise.promise();
        Buffer body = Buffer.buffer();
        response.handler(chunk -> {
                    body.appendBuffer(chunk);
                    if (body.length() > MOST_BYTES && whole.tryFail(new IOException("its answer is too long"))) {
                        response.request().reset();
                    }
                })
                .exceptionHandler(whole::tryFail)
                .endHandler(end -> whole.tryComplete(body.toString()));
        return whole.future();
    }
}
