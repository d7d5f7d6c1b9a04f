package dev.rigbus.lab.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.driver.SettingsException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OidcConfigTest {
    @Test
    void aProviderIsReadAsStockFilesHaveIt() {
        OidcConfig config = read(provider("https://dex.example", "dex:")).get(0);
        assertThat(config.url()).hasToString("https://dex.example");
        assertThat(config.audiences()).containsExactly("lab");
        assertThat(config.claim()).isEqualTo("name");
        assertThat(config.prefix()).isEqualTo("dex:");
        assertThat(config.required()).isEmpty();
        assertThat(OidcConfig.readAll("authentication.jwt", null)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "dex", "internal:", "a:b:", "d x:"})
    void aPrefixThatCouldBeSomebodyElsesIsRefused(String prefix) {
        assertThatThrownBy(() -> read(provider("https://dex.example", prefix)))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("authentication.jwt[0].claimMappings.username.prefix");
    }

    @Test
    void twoProvidersHaveTwoPrefixes() {
        assertThatThrownBy(() -> read(provider("https://a.example", "dex:"), provider("https://b.example", "dex:")))
                .hasMessageContaining("the prefix dex: is there twice");
        assertThatThrownBy(() -> read(provider("https://a.example", "a:"), provider("https://a.example", "b:")))
                .hasMessageContaining("is there twice");
    }

    @Test
    void aRuleThatIsNotUnderstoodIsRefused() {
        Map<String, Object> provider = new HashMap<>(provider("https://dex.example", "dex:"));
        provider.put("claimValidationRules", List.of(Map.of("expression", "claims.hd == 'x'", "message", "no")));
        assertThatThrownBy(() -> read(provider)).hasMessageContaining("claimValidationRules");
        provider.put("claimValidationRules", List.of(Map.of("claim", "hd", "requiredValue", "x")));
        assertThat(read(provider).get(0).required()).containsEntry("hd", "x");
        provider.put("userValidationRules", List.of());
        assertThatThrownBy(() -> read(provider)).hasMessageContaining("userValidationRules");
    }

    @Test
    void whatIsWrongIsToldAllAtOnce() {
        assertThatThrownBy(() -> read(Map.of("issuer", Map.of("url", "http://dex.example"))))
                .hasMessageContaining("issuer.url")
                .hasMessageContaining("issuer.audiences")
                .hasMessageContaining("claimMappings.username.claim");
        assertThatThrownBy(() -> OidcConfig.readAll("authentication.jwt", "x")).hasMessageContaining("a list");
    }

    private static Map<String, Object> provider(String url, String prefix) {
        return Map.of(
                "issuer", Map.of("url", url, "audiences", List.of("lab")),
                "claimMappings", Map.of("username", Map.of("claim", "name", "prefix", prefix)));
    }

    @SafeVarargs
    private static List<OidcConfig> read(Map<String, Object>... providers) {
        return OidcConfig.readAll("authentication.jwt", List.of(providers));
    }
}
