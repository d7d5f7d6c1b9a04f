package dev.rigbus.kernel.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Value;
import dev.rigbus.kernel.call.DriverMessage.Afar;
import dev.rigbus.kernel.call.DriverMessage.Call;
import dev.rigbus.kernel.call.DriverMessage.Cancel;
import dev.rigbus.kernel.call.DriverMessage.Credit;
import dev.rigbus.kernel.call.DriverMessage.Expire;
import dev.rigbus.kernel.call.DriverMessage.Failure;
import dev.rigbus.kernel.call.DriverMessage.Id;
import dev.rigbus.kernel.call.DriverMessage.Items;
import dev.rigbus.kernel.call.DriverMessage.Logged;
import dev.rigbus.kernel.call.DriverMessage.OpenItems;
import dev.rigbus.kernel.call.DriverMessage.OpenResource;
import dev.rigbus.kernel.call.DriverMessage.OpenStream;
import dev.rigbus.kernel.call.DriverMessage.Reset;
import dev.rigbus.kernel.call.DriverMessage.Ticket;
import dev.rigbus.kernel.value.Values;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WireFormTest {
    private static final Id ID = new Id("outpost/é", Long.MAX_VALUE);
    private static final List<Value> VALUES =
            List.of(Values.NULL, Values.encode("text"), Values.encode(Map.of("a", List.of(1, true))));

    static Stream<Object> messages() {
        return Stream.of(
                Values.encode(2.5),
                new Items(ID, 3, VALUES, false, null),
                new Items(new Id("endpoint/x", 0), 0, List.of(), true, new Failure(14, "gone")),
                new Ticket(UUID.randomUUID(), null),
                new Ticket(UUID.randomUUID(), UUID.randomUUID()),
                new Call(ID, 7, "on", VALUES),
                new OpenItems(ID, -1, "read", List.of(), 256),
                new Credit(ID, 64),
                new Cancel(ID),
                new OpenStream(9, "connect"),
                new OpenResource(9, null),
                new OpenResource(9, "gzip"),
                new Reset(10),
                new Expire("why"),
                new Failure(5, "nothing"),
                new Logged(1, "INFO", "power on", "DRIVER"),
                new Afar(UUID.randomUUID(), new Call(ID, 7, "on", VALUES)));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void arrivesAsItLeft(Object message) {
        Buffer buffer = Buffer.buffer("before");
        WireForm.write(message, buffer);
        assertThat(WireForm.read(buffer, 6)).isEqualTo(message);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void whatIsCutOffIsRefused(Object message) {
        Buffer whole = Buffer.buffer();
        WireForm.write(message, whole);
        for (int length = 0; length < whole.length(); length++) {
            Buffer part = whole.getBuffer(0, length);
            assertThatThrownBy(() -> WireForm.read(part, 0)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whatIsUnknownIsRefused() {
        assertThatThrownBy(() -> WireForm.read(Buffer.buffer().appendByte((byte) 99), 0))
                .hasMessageContaining("unknown kind");
        assertThatThrownBy(() -> WireForm.write("text", Buffer.buffer())).hasMessageContaining("no wire form");
    }
}
