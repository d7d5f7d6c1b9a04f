package dev.rigbus.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "100 %", "two\nlines", "Grüße, 世界 🚀", "%41", "a%"})
    void everyTextArrivesAsItWas(String text) {
        String encoded = StatusText.encode(text);
        assertThat(encoded.chars()).allMatch(c -> c >= ' ' && c <= '~');
        assertThat(StatusText.decode(encoded)).isEqualTo(text);
    }

    @Test
    void anEncodedTextIsCutBetweenCharacters() {
        assertThat(StatusText.encode("x".repeat(20_000))).hasSize(4000);
        String cut = StatusText.encode("世".repeat(5000));
        assertThat(cut).hasSizeLessThanOrEqualTo(4000);
        assertThat(StatusText.decode(cut)).matches("世+");
    }

    @Test
    void whatIsNoPercentEncodingIsLeftAsItIs() {
        assertThat(StatusText.decode("50% off %zz %4")).isEqualTo("50% off %zz %4");
    }
}
