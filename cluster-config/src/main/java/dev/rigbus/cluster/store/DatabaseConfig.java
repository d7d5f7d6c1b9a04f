package dev.rigbus.cluster.store;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the lab's PostgreSQL is.
 *
 * @param url {@code jdbc:postgresql://host:5432/name?…}, without a password
 * @param passwordFile whose first line is the password, read again for each connection; absent where the server asks for none
 * @param localKinds the kinds that never go there, since one node alone writes each record of them
 */
public record DatabaseConfig(
        String url, String user, @Nullable Path passwordFile, Set<String> localKinds) {
    public DatabaseConfig {
        localKinds = Set.copyOf(localKinds);
    }
}
