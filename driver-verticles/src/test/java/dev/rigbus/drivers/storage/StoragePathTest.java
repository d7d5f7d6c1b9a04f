package dev.rigbus.drivers.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoragePathTest {
    @ParameterizedTest
    @CsvSource({
        "a.txt, a.txt",
        "/a.txt, a.txt",
        "///a//b///c, a/b/c",
        "d/, d/",
        "./d/./e/., d/e/",
        "a/../b, b",
        "a/b/.., a/",
        "/, /",
        "'', /",
        "' a b ', a b",
        "..., ...",
        "%2e%2e/x, %2e%2e/x",
        "grün.txt, grün.txt"
    })
    void aPathIsRelativeAndPlain(String given, String result) throws Exception {
        assertThat(StoragePath.of(given)).hasToString(result);
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../x", "/../x", "a/../../x", "./..", "a/../b/../..", "a\0b", "..\\x", "a\\b"})
    void R51_aPathThatLeavesTheRootIsRefused(String given) {
        assertThatThrownBy(() -> StoragePath.of(given)).isInstanceOf(StoragePath.Refused.class);
    }

    @Test
    void aPathWithoutEndIsRefused() {
        assertThatThrownBy(() -> StoragePath.of("a/".repeat(1000))).isInstanceOf(StoragePath.Refused.class);
    }

    @ParameterizedTest
    @CsvSource({
        "test_dir, test_dir",
        "/x//y/../z/, x/z",
        "dir\\backslash, dir/backslash",
        "./current, current",
        "../../etc/passwd, etc/passwd",
        "/, ''"
    })
    void aCreatedPathIsRememberedInOneForm(String given, String result) {
        assertThat(StoragePath.remembered(given)).isEqualTo(result);
    }
}
