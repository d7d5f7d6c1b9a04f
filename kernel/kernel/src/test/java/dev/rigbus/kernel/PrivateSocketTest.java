package dev.rigbus.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PrivateSocketTest {
    @Test
    void R59_theFolderOfTheHooksSocketIsPrivateFromItsBirthAndGoesWithIt() throws Exception {
        PrivateSocket socket = new PrivateSocket();
        Path folder = Objects.requireNonNull(socket.path().getParent());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");

        socket.delete();

        assertThat(folder).doesNotExist();
    }
}
