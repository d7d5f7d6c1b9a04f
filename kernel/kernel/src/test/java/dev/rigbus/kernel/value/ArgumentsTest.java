package dev.rigbus.kernel.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Value;
import dev.rigbus.driver.Cancellation;
import dev.rigbus.driver.OrElse;
import dev.rigbus.driver.Resource;
import io.vertx.core.Future;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    private static final Cancellation NEVER = new Cancellation() {
        @Override
        public Future<Void> cancelled() {
            return Future.succeededFuture();
        }

        @Override
        public boolean isCancelled() {
            return false;
        }
    };

    private static final Resource FILE = new Resource() {
        @Override
        public InputStream input() {
            return InputStream.nullInputStream();
        }

        @Override
        public OutputStream output() {
            return OutputStream.nullOutputStream();
        }
    };

    record Point(int x, int y) {}

    enum Mode {
        READ,
        WRITE
    }

    @SuppressWarnings("unused")
    interface Methods {
        void none();

        void numbers(int a, long b, double c, boolean d);

        void texts(String a, UUID b, Path c, Duration d, byte[] e, Mode f);

        void nested(List<Integer> a, Map<String, List<Point>> b, Object c);

        void optional(String a, @Nullable String b, @OrElse("7") int c, @OrElse("true") boolean d);

        void variable(String a, String... more);

        void special(Cancellation cancellation, Resource source, @Nullable String partition);
    }

    @Test
    void numbersBecomeWhatTheMethodWants() {
        assertThat(bind("numbers", 5.0, -3.0, 1.5, true)).containsExactly(5, -3L, 1.5, true);
    }

    @Test
    void textsBecomeWhatTheMethodWants() {
        UUID uuid = UUID.randomUUID();
        assertThat(bind("texts", "a", uuid.toString(), "/x", 1.5, "AQI=", "WRITE"))
                .containsExactly("a", uuid, Path.of("/x"), Duration.ofMillis(1500), new byte[] {1, 2}, Mode.WRITE);
    }

    @Test
    void listsMapsAndRecordsAreConvertedAllTheWayDown() {
        Object points = Map.of("p", List.of(Map.of("x", 1, "y", 2)));
        assertThat(bind("nested", List.of(1, 2), points, Map.of("k", 1)))
                .containsExactly(List.of(1, 2), Map.of("p", List.of(new Point(1, 2))), Map.of("k", 1.0));
    }

    @Test
    void whatIsLeftOutAtTheEndTakesItsDefault() {
        assertThat(bind("optional", "a")).containsExactly("a", null, 7, true);
        assertThat(bind("optional", "a", "b", 8, false)).containsExactly("a", "b", 8, false);
        assertThat(bind("optional", "a", null, null)).containsExactly("a", null, 7, true);
    }

    @Test
    void theLastParameterTakesAllThatFollow() {
        assertThat((String[]) bind("variable", "a", "b", "c")[1]).containsExactly("b", "c");
        assertThat((String[]) bind("variable", "a")[1]).isEmpty();
        assertThatThrownBy(() -> bind("variable", "a", 1.0))
                .hasMessage("All arguments must be strings, got <class 'float'>");
    }

    @Test
    void theHostFillsInCancellationAndResources() {
        assertThat(bind("special", "handle")).containsExactly(NEVER, FILE, null);
    }

    @Test
    void whatDoesNotFitIsNamedWithItsPlaceAndWhatWasExpected() {
        assertThatThrownBy(() -> bind("numbers", 5.5, 1, 1, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Driver.numbers")
                .hasMessageContaining("1 (a)")
                .hasMessageContaining("Input should be a valid integer without a fractional part, got 5.5");
        assertThatThrownBy(() -> bind("numbers", 1, 1, 1, "yes")).hasMessageContaining("a valid boolean, got \"yes\"");
        assertThatThrownBy(() -> bind("numbers", 1e300, 1, 1, true)).hasMessageContaining("a valid integer");
        assertThatThrownBy(() -> bind("texts", "a", "no uuid")).isInstanceOf(Arguments.ArgumentCountException.class);
        assertThatThrownBy(() -> bind("texts", "a", "no uuid", "/x", 1, "AQI=", "READ"))
                .hasMessageContaining("a valid UUID");
    }

    @Test
    void aWrongNumberOfArgumentsIsToldAsStockTellsIt() {
        assertThatThrownBy(() -> bind("none", 1))
                .hasMessage("Driver.none() takes 1 positional argument but 2 were given");
        assertThatThrownBy(() -> bind("optional"))
                .hasMessage("Driver.optional() missing 1 required positional argument: 'a'");
        assertThatThrownBy(() -> bind("numbers", 1))
                .hasMessage("Driver.numbers() missing 3 required positional arguments: 'b', 'c' and 'd'");
        assertThatThrownBy(() -> bind("optional", "a", "b", 1, true, 1))
                .hasMessage("Driver.optional() takes from 2 to 5 positional arguments but 6 were given");
    }

    private static @Nullable Object[] bind(String name, @Nullable Object... given) {
        Method method = Arrays.stream(Methods.class.getMethods())
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
        List<Value> values = Arrays.stream(given).map(Values::encode).toList();
        return Arguments.of(method, "Driver." + name, false).bind(values, NEVER, handle -> FILE);
    }
}
