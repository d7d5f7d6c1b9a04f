package dev.rigbus.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExporterFilesTest {
    @TempDir
    private Path room;

    @Test
    void theUsersOwnFileComesBeforeThatOfTheSystem() throws Exception {
        Path user = Files.createDirectory(room.resolve("user"));
        Path system = Files.createDirectory(room.resolve("system"));
        Path ofSystem = Files.createFile(system.resolve("board.yaml"));
        assertThat(ExporterFiles.find("board", List.of(user, system))).isEqualTo(ofSystem);
        Path ofUser = Files.createFile(user.resolve("board.yaml"));
        assertThat(ExporterFiles.find("board", List.of(user, system))).isEqualTo(ofUser);
    }

    @Test
    void theUsersDirectoryIsWhereJumpstarterHasIt() throws Exception {
        Path file = Files.createFile(
                Files.createDirectories(room.resolve("jumpstarter/exporters")).resolve("board.yaml"));
        assertThat(ExporterFiles.find("board", Map.of("XDG_CONFIG_HOME", room.toString())))
                .isEqualTo(file);
        assertThat(ExporterFiles.find(
                        "board",
                        Map.of(
                                "JMP_CLIENT_CONFIG_HOME",
                                room.resolve("jumpstarter").toString())))
                .isEqualTo(file);
    }

    @Test
    void aMissingFileIsToldWithEveryPlace() {
        assertThatThrownBy(() -> ExporterFiles.find("no", List.of(Path.of("/a"), Path.of("/b"))))
                .isInstanceOf(ConfigException.class)
                .hasMessage("/a/no.yaml: no such file, nor is there /b/no.yaml");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../x", "a/b", "a\\b", "a\0b"})
    void aNameIsNoPath(String name) {
        assertThatThrownBy(() -> ExporterFiles.find(name, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("not a path");
    }
}
