package dev.rigbus.lab.router;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.Status;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.wire.FrameType;
import dev.rigbus.wire.StreamRequest;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Points 80 to 84 of the protocol, over TLS: with both sides on one event loop, and on two. */
@Timeout(60)
@ParameterizedClass(name = "{0} event loops")
@ValueSource(ints = {1, 2})
class RouterTest {
    @Parameter
    private int threads;

    private TestRouter router;

    @BeforeEach
    void start() throws Exception {
        router = new TestRouter(threads, RouterLimits.DEFAULT, GrpcLimits.DEFAULT);
    }

    @AfterEach
    void stop() throws Exception {
        router.close();
    }

    private static byte[] data(String text) {
        return StreamRequest.newBuilder()
                .setPayload(com.google.protobuf.ByteString.copyFromUtf8(text))
                .build()
                .toByteArray();
    }

    private TestPeer refusedWith(Map<String, String> headers) throws Exception {
        return TestPeer.withHeaders(router.connect(), headers);
    }

    @Test
    void refusesInStocksWords() throws Exception {
        String words = "missing or invalid authorization: rpc error: code = ";
        assertThat(refusedWith(Map.of()).end10s())
                .isEqualTo(new Status(
                        Code.UNAUTHENTICATED, words + "Unauthenticated desc = missing authorization header"));
        for (String malformed : List.of("Bearer ", "x", "Basic dXNlcjpwYXNz", "Bearer")) {
            assertThat(refusedWith(Map.of("authorization", malformed)).end10s())
                    .isEqualTo(new Status(
                            Code.UNAUTHENTICATED, words + "InvalidArgument desc = malformed authorization header"));
        }
        assertThat(refusedWith(Map.of("authorization", "Bearer abc")).end10s())
                .isEqualTo(new Status(Code.UNAUTHENTICATED, "invalid jwt token"));
    }

    @Test
    void refusesTokensWithAnythingWrong() throws Exception {
        byte[] other = Tokens.KEY.clone();
        other[0]++;
        Date past = Date.from(Instant.now().minusSeconds(5));
        Date future = Date.from(Instant.now().plusSeconds(60));
        List<String> wrong = new ArrayList<>(List.of(
                Tokens.make(other, JWSAlgorithm.HS256, claims -> claims),
                new PlainJWT(new JWTClaimsSet.Builder().subject("x").build()).serialize()));
        List<UnaryOperator<JWTClaimsSet.Builder>> changes = List.of(
                claims -> claims.issuer("https://elsewhere"),
                claims -> claims.audience("https://jumpstarter.dev/controller"),
                claims -> claims.expirationTime(null),
                claims -> claims.expirationTime(past),
                claims -> claims.notBeforeTime(future),
                claims -> claims.issueTime(future));
        changes.forEach(change -> wrong.add(Tokens.make(Tokens.KEY, JWSAlgorithm.HS256, change)));
        for (String token : wrong) {
            assertThat(refusedWith(Map.of("authorization", "Bearer " + token)).end10s())
                    .isEqualTo(new Status(Code.UNAUTHENTICATED, "invalid jwt token"));
        }
    }

    @Test
    void aTokenOfThisLabIsGoodForOneStream() throws Exception {
        String token = Tokens.forLease("l", 1);
        TestPeer first = router.peer(token);
        TestPeer second = router.peer(token);
        passBothWays(first, second);
        assertThat(router.peer(token).end10s()).isEqualTo(new Status(Code.UNAUTHENTICATED, "invalid jwt token"));
    }

    @Test
    void refusesTwoHeaders() throws Exception {
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        HttpResponse<Void> answer = HttpClient.newBuilder()
                .sslContext(tls)
                .build()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create("https://localhost:" + router.address.getPort() + RouterCalls.PATH))
                                .header("content-type", "application/grpc")
                                .header("authorization", "Bearer " + Tokens.good("a"))
                                .header("authorization", "Bearer " + Tokens.good("a"))
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.discarding());
        assertThat(answer.headers().firstValue("grpc-status")).contains("16");
        assertThat(answer.headers().firstValue("grpc-message"))
                .contains("missing or invalid authorization: rpc error: code = InvalidArgument desc = "
                        + "multiple authorization headers");
    }

    @Test
    void theSchemeIsReadInAnyCase() throws Exception {
        TestPeer peer = refusedWith(Map.of("authorization", "bEARER " + Tokens.good("a")));
        assertThat(peer.admitted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void joinsTwoOfAName() throws Exception {
        String token = Tokens.good("same");
        TestPeer first = router.peer(token);
        TestPeer second = router.peer(token);
        passBothWays(first, second);
        TestPeer third = router.peer(token);
        TestRouter.until("the third waits", () -> router.router.waiting() == 1);
        TestPeer fourth = router.peer(Tokens.good("same"));
        passBothWays(third, fourth);
        passBothWays(first, second);
    }

    private static void passBothWays(TestPeer one, TestPeer other) throws Exception {
        one.send(data("there"));
        assertThat(other.next()).isEqualTo(data("there"));
        other.send(data("back"));
        assertThat(one.next()).isEqualTo(data("back"));
    }

    @Test
    void twoPairsOverSharedConnections() throws Exception {
        GrpcClient one = router.connect();
        GrpcClient other = router.connect();
        TestPeer a1 = TestPeer.open(one, Tokens.good("a"));
        TestPeer b1 = TestPeer.open(one, Tokens.good("b"));
        TestPeer b2 = TestPeer.open(other, Tokens.good("b"));
        TestPeer a2 = TestPeer.open(other, Tokens.good("a"));
        passBothWays(a1, a2);
        passBothWays(b1, b2);
    }

    @Test
    void passesEveryFrameUnchanged() throws Exception {
        List<byte[]> frames = new ArrayList<>();
        for (int type : new int[] {0, 3, 6, 7, 1, 99}) {
            frames.add(StreamRequest.newBuilder()
                    .setFrameTypeValue(type)
                    .setPayload(com.google.protobuf.ByteString.copyFromUtf8("type " + type))
                    .build()
                    .toByteArray());
        }
        frames.add(StreamRequest.newBuilder()
                .setFrameType(FrameType.FRAME_TYPE_GOAWAY)
                .build()
                .toByteArray());
        frames.add(new byte[0]);
        frames.add(new byte[] {0x1a, 2, 'h', 'i', (byte) 0xf8, 0x3f, 1}); // fields 3 and 127, which nobody knows
        frames.add(new byte[] {(byte) 0xff, 0, 1}); // no protobuf at all
        byte[] large = new byte[4 * 1024 * 1024];
        new Random(7).nextBytes(large);
        frames.add(large);
        TestPeer first = router.peer(Tokens.good("x"));
        for (byte[] frame : frames) {
            first.send(frame);
        }
        TestPeer second = router.peer(Tokens.good("x"));
        for (byte[] frame : frames) {
            assertThat(second.next()).isEqualTo(frame);
        }
        for (byte[] frame : frames) {
            second.send(frame);
        }
        for (byte[] frame : frames) {
            assertThat(first.next()).isEqualTo(frame);
        }
    }

    @Test
    void holdsBackWhatNobodyTakesYet() throws Exception {
        TestPeer first = router.peer(Tokens.good("x"));
        assertThat(first.admitted.await(10, TimeUnit.SECONDS)).isTrue();
        int sent = 0;
        byte[] message = new byte[32 * 1024];
        while (first.trySend(message)) {
            sent++;
            assertThat(sent).as("messages that a waiting peer can send").isLessThan(100);
        }
        TestPeer second = router.peer(Tokens.good("x"));
        for (int i = 0; i < sent; i++) {
            assertThat(second.next()).hasSize(message.length);
        }
    }

    @Test
    void halfCloseLeavesTheOtherDirectionOpen() throws Exception {
        TestPeer first = router.peer(Tokens.good("x"));
        TestPeer second = router.peer(Tokens.good("x"));
        first.send(data("last"));
        first.end();
        assertThat(second.next()).isEqualTo(data("last"));
        second.send(data("still"));
        assertThat(first.next()).isEqualTo(data("still"));
        assertThat(first.status).isNotDone();
        assertThat(second.status).isNotDone();
        second.end();
        assertThat(first.end10s()).isEqualTo(Status.OK);
        assertThat(second.end10s()).isEqualTo(Status.OK);
    }

    @Test
    void bothHalfClosedBeforeTheyMeetEndWell() throws Exception {
        TestPeer first = router.peer(Tokens.good("x"));
        first.send(data("all"));
        first.end();
        TestPeer second = router.peer(Tokens.good("x"));
        second.end();
        assertThat(second.next()).isEqualTo(data("all"));
        assertThat(first.end10s()).isEqualTo(Status.OK);
        assertThat(second.end10s()).isEqualTo(Status.OK);
    }

    @Test
    void aSideThatVanishesEndsTheOtherAtOnce() throws Exception {
        for (boolean cut : new boolean[] {false, true}) {
            for (boolean firstGoes : new boolean[] {false, true}) {
                String token = Tokens.good(cut + "/" + firstGoes);
                TestPeer first = router.peer(token);
                TestPeer second = router.peer(token);
                passBothWays(first, second);
                TestPeer goes = firstGoes ? first : second;
                TestPeer stays = firstGoes ? second : first;
                goes.send(data("last words"));
                if (cut) {
                    goes.client.close();
                } else {
                    // A reset overtakes what waits to be sent.
                    assertThat(stays.next()).isEqualTo(data("last words"));
                    goes.cancel();
                }
                assertThat(stays.end10s().code()).isEqualTo(Code.CANCELLED);
            }
        }
        TestRouter.until("no pairs are left", () -> router.router.pairs() == 0 && router.pairs.get() == 0);
    }

    @Test
    void aMessageOverTheLimitEndsBoth() throws Exception {
        TestPeer first = router.peer(Tokens.good("x"));
        TestPeer second = router.peer(Tokens.good("x"));
        passBothWays(first, second);
        first.send(new byte[4194329]);
        assertThat(first.end10s())
                .isEqualTo(new Status(
                        Code.RESOURCE_EXHAUSTED, "grpc: received message larger than max (4194329 vs. 4194304)"));
        assertThat(second.end10s().isOk()).isFalse();
        assertThat(second.messages).isEmpty();
    }

    @Test
    void aWaitingPeerThatLeavesFreesTheName() throws Exception {
        for (int i = 0; i < 3; i++) {
            TestPeer gone = router.peer(Tokens.good("x"));
            TestRouter.until("it waits", () -> router.router.waiting() == 1);
            if (i == 1) {
                gone.client.close();
            } else {
                gone.cancel();
            }
            TestRouter.until("nobody waits", () -> router.router.waiting() == 0);
        }
        passBothWays(router.peer(Tokens.good("x")), router.peer(Tokens.good("x")));
        assertThat(router.waiting).hasValue(0);
    }

    @Test
    void theEndOfALeaseCutsItsStreams() throws Exception {
        String token = Tokens.forLease("mine", 4);
        TestPeer first = router.peer(token);
        TestPeer second = router.peer(token);
        passBothWays(first, second);
        TestPeer waits = router.peer(Tokens.forLease("mine", 4));
        String others = Tokens.forLease("mine", 5);
        TestPeer stays = router.peer(others);
        TestPeer staysToo = router.peer(others);
        TestRouter.until("all have arrived", () -> router.router.pairs() == 2 && router.router.waiting() == 1);
        router.router.cut(new ObjectName("default", "mine"), 4);
        for (TestPeer cut : List.of(first, second, waits)) {
            assertThat(cut.end10s()).isEqualTo(new Status(Code.CANCELLED, "the lease is over"));
        }
        passBothWays(stays, staysToo);
    }

    @Test
    void compressedMessagesAreRefused() throws Exception {
        TestPeer peer = refusedWith(Map.of("authorization", "Bearer " + Tokens.good("x"), "grpc-encoding", "gzip"));
        assertThat(peer.end10s().code()).isEqualTo(Code.UNIMPLEMENTED);
    }
}
