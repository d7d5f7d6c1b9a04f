package dev.rigbus.kernel.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ValuesTest {
    record Reading(double voltage, @Nullable String lastError) {}

    enum Position {
        HOST,
        DUT
    }

    @Test
    void resultsTakeTheFormsThatStockPeersSend() {
        UUID uuid = UUID.fromString("0F0E0D0C-0000-0000-0000-00000000000A");
        assertThat(plain(null)).isNull();
        assertThat(plain(true)).isEqualTo(true);
        assertThat(plain(5)).isEqualTo(5.0);
        assertThat(plain(-0.0)).isEqualTo(-0.0);
        assertThat(plain(Long.MAX_VALUE)).isEqualTo(9.223372036854775807E18);
        assertThat(plain("nul \0")).isEqualTo("nul \0");
        assertThat(plain(uuid)).isEqualTo("0f0e0d0c-0000-0000-0000-00000000000a");
        assertThat(plain(Instant.parse("2026-01-02T03:04:05Z"))).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(plain(LocalDate.of(2026, 1, 2))).isEqualTo("2026-01-02");
        assertThat(plain(Duration.ofMillis(60_500))).isEqualTo("PT1M0.5S");
        assertThat(plain(Path.of("/a/b"))).isEqualTo("/a/b");
        assertThat(plain(new BigDecimal("1.50"))).isEqualTo("1.50");
        assertThat(plain("abcü".getBytes(StandardCharsets.UTF_8))).isEqualTo("abcü");
        assertThat(plain(Position.DUT)).isEqualTo("DUT");
        assertThat(plain(Optional.empty())).isNull();
        assertThat(plain(List.of(1, "a"))).isEqualTo(List.of(1.0, "a"));
        assertThat(plain(new int[] {1, 2})).isEqualTo(List.of(1.0, 2.0));
        assertThat(plain(Map.of(1, 2))).isEqualTo(Map.of("1", 2.0));
        assertThat(plain(new Reading(5, "none"))).isEqualTo(Map.of("voltage", 5.0, "last_error", "none"));
    }

    private static @Nullable Object plain(@Nullable Object result) {
        return Values.decode(Values.encode(result));
    }

    @Test
    void numbersThatAreNoneBecomeNull() {
        for (double number : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertThat(Values.encode(List.of(number))
                            .getListValue()
                            .getValues(0)
                            .getNullValue())
                    .isEqualTo(NullValue.NULL_VALUE);
        }
    }

    @Test
    void whatHasNoFormOnTheWireIsRefused() {
        assertThatThrownBy(() -> Values.encode(new Object()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Unable to serialize unknown type: <class 'java.lang.Object'>");
        assertThatThrownBy(() -> Values.encode(new byte[] {'a', (byte) 0xff, 0}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'utf-8' codec can't decode byte 0xff in position 1: invalid utf-8");
        assertThatThrownBy(() -> Values.encode(BigInteger.TEN.pow(400)))
                .hasMessage("int too large to convert to float");
    }

    @Test
    void thirtyNestedListsPassAndNinetyDoNot() {
        assertThat(plain(nested(30))).isEqualTo(nested(30));
        assertThatThrownBy(() -> Values.encode(nested(90))).hasMessage("Message too deep. Max recursion depth is 100");
    }

    private static List<?> nested(int depth) {
        List<Object> list = new ArrayList<>();
        for (int i = 1; i < depth; i++) {
            list = new ArrayList<>(List.of(list));
        }
        return list;
    }

    @Test
    void aValueWithoutAKindIsNull() {
        Value none = Value.getDefaultInstance();
        Value list = Values.encode(List.of(1)).toBuilder()
                .setListValue(com.google.protobuf.ListValue.newBuilder().addValues(none))
                .build();
        Value struct = Value.newBuilder()
                .setStructValue(Struct.newBuilder().putFields("a", none))
                .build();

        assertThat(Values.decode(none)).isNull();
        assertThat(Values.decode(list)).isEqualTo(Arrays.asList((Object) null));
        assertThat(((Map<?, ?>) Objects.requireNonNull(Values.decode(struct))).get("a"))
                .isNull();
    }

    @Test
    void aNumberThatIsNoneIsRefusedAsAnArgument() {
        Value nan = Value.newBuilder().setNumberValue(Double.NaN).build();
        Value infinite =
                Value.newBuilder().setNumberValue(Double.NEGATIVE_INFINITY).build();
        assertThatThrownBy(() -> Values.decode(nan))
                .hasMessageStartingWith("Fail to serialize NaN for Value.number_value");
        assertThatThrownBy(() -> Values.decode(infinite)).hasMessageStartingWith("Fail to serialize Infinity");
    }
}
