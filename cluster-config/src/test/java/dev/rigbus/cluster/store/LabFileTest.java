package dev.rigbus.cluster.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.kernel.ports.StoredRecord;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabFileTest {
    @TempDir
    private Path folder;

    @Test
    void aFileThatWasFullTakesChangesAgainWhenThereIsRoom() throws Exception {
        try (LabFile file = LabFile.open(folder.resolve("lab.db"))) {
            limit(file, 1); // SQLite makes it what the file has now
            for (int again = 0; again < 3; again++) {
                assertThatThrownBy(() -> file.put(record("x".repeat(100_000)))).hasMessageContaining("full");
                file.rollback();
            }
            limit(file, 100_000);
            file.put(record("kept"));
            file.commit();

            List<StoredRecord> found = new ArrayList<>();
            file.load(found::add);
            assertThat(found).containsExactly(record("kept"));
        }
    }

    private static StoredRecord record(String value) {
        return new StoredRecord("kind", "key", 1, 1, value);
    }

    private static void limit(LabFile file, int pages) throws SQLException {
        try (PreparedStatement pragma = file.prepare("PRAGMA max_page_count = " + pages)) {
            pragma.execute();
        }
    }
}
