package dev.rigbus.lab.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.Status;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two peers that come to different nodes; point 76 of the controller. */
@Timeout(60)
class DetourTest {
    private TestRouter here;
    private TestRouter there;

    @BeforeEach
    void start() throws Exception {
        there = new TestRouter(1, RouterLimits.DEFAULT, GrpcLimits.DEFAULT);
        here = new TestRouter(
                1, RouterLimits.DEFAULT, GrpcLimits.DEFAULT, purpose -> null, (purpose, loop) -> there.from(loop));
    }

    @AfterEach
    void stop() throws Exception {
        here.close();
        there.close();
    }

    private static byte[] data(int bytes, int value) {
        byte[] data = new byte[bytes];
        Arrays.fill(data, (byte) value);
        return data;
    }

    @Test
    void theyMeetAtTheNodeThatTheTokenNames() throws Exception {
        String token = Tokens.forLease("l", 1);
        TestPeer client = here.peer(token);
        client.send(data(100, 1));
        TestPeer exporter = there.peer(token);
        assertThat(exporter.next()).isEqualTo(data(100, 1));
        exporter.send(data(4_000_000, 2));
        assertThat(client.next()).isEqualTo(data(4_000_000, 2));
        client.end();
        exporter.send(data(10, 3));
        assertThat(client.next()).isEqualTo(data(10, 3));
        exporter.end();
        assertThat(client.end10s()).isEqualTo(Status.OK);
        assertThat(exporter.end10s()).isEqualTo(Status.OK);
    }

    @Test
    void whoStaysBehindIsTold() throws Exception {
        String token = Tokens.forLease("l", 1);
        TestPeer client = here.peer(token);
        TestPeer exporter = there.peer(token);
        TestRouter.until("they have met", () -> there.router.pairs() == 1);
        client.cancel();
        assertThat(exporter.end10s().code()).isEqualTo(Code.CANCELLED);
        TestRouter.until("nothing is left", () -> there.router.pairs() == 0);
    }

    @Test
    void aNodeThatIsGoneIsSaidSo() throws Exception {
        there.close();
        TestPeer client = here.peer(Tokens.forLease("l", 1));
        assertThat(client.end10s())
                .isEqualTo(new Status(Code.UNAVAILABLE, "node n, where the stream leads to, cannot be reached"));
    }

    @Test
    void whatIsNotReadOnOneSideStopsTheOther() throws Exception {
        String token = Tokens.forLease("l", 1);
        TestPeer client = here.peer(token);
        TestPeer exporter = there.peer(token);
        TestRouter.until("they have met", () -> there.router.pairs() == 1);
        client.pause();
        int sent = 0;
        byte[] piece = data(64 * 1024, 4);
        // Windows of a few MiB on the way; without back-pressure all of it would be taken.
        while (sent < 512 && exporter.trySend(piece)) {
            sent++;
        }
        TestRouter.until("the writer has to wait", () -> {
            try {
                return !exporter.trySend(piece);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        client.resume();
        TestRouter.until("the writer goes on", () -> {
            try {
                return exporter.trySend(piece);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }
}
