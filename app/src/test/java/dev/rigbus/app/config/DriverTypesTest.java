package dev.rigbus.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.driver.DriverProvider;
import dev.rigbus.driver.DriverType;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriverTypesTest {
    @Test
    void aTypeThatTwoJarsBringIsRefused() throws ConfigException {
        DriverProvider one = new One();
        assertThat(DriverTypes.collect(List.of(one)))
                .extracting(DriverType::name)
                .containsExactly("x.Driver");
        assertThatThrownBy(() -> DriverTypes.collect(List.of(one, new Other())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("x.Driver", "One", "Other");
    }

    private static class One implements DriverProvider {
        @Override
        public List<DriverType<?>> types() {
            return List.of(DriverType.of("x.Driver", context -> {
                throw new UnsupportedOperationException("never made");
            }));
        }
    }

    private static final class Other extends One {}
}
