package dev.rigbus.cluster.store;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the lab's PostgreSQL is.
 *
 * @param url {@code jdbc:postgresql://host:5432/name?…}, without a password
 * @param passwordFile whose first line is the password; absent where the server asks for none
 */
public record DatabaseConfig(
        String url, String user, @Nullable Path passwordFile) {}
