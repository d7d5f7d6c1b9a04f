package dev.rigbus.cluster.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.rigbus.kernel.ports.RecordStore.StoreUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** Connections to the lab's PostgreSQL, and what to say when there is none. */
final class Database implements AutoCloseable {
    static final int CONNECTIONS = 8;

    private static final int SECONDS = 2;
    private static final int BORROW_MILLIS = 900;

    private final Source source;
    private final HikariDataSource pool;
    private final String place;

    Database(DatabaseConfig config) {
        if (config.url().toLowerCase(Locale.ROOT).contains("password=")) {
            throw new StoreUnavailableException("the URL of the lab's database holds a password, which others can read:"
                    + " put it into a file of its own and name that");
        }
        source = new Source(config.passwordFile());
        try {
            source.setUrl(config.url());
        } catch (IllegalArgumentException e) {
            throw new StoreUnavailableException(
                    "the URL of the lab's database is not of the form jdbc:postgresql://HOST:PORT/NAME: "
                            + config.url());
        }
        source.setUser(config.user());
        source.setApplicationName("rigbus");
        source.setConnectTimeout(SECONDS);
        source.setLoginTimeout(SECONDS);
        source.setSocketTimeout(SECONDS);
        source.setTcpKeepAlive(true);
        place = "the lab's database";
        source.password(); // a file that is missing is told at the start

        HikariConfig pooled = new HikariConfig();
        pooled.setDataSource(source);
        pooled.setPoolName("rigbus-database");
        pooled.setMaximumPoolSize(CONNECTIONS);
        pooled.setMinimumIdle(1);
        pooled.setConnectionTimeout(BORROW_MILLIS);
        pooled.setValidationTimeout(BORROW_MILLIS / 2);
        pooled.setInitializationFailTimeout(-1);
        pool = new HikariDataSource(pooled);
    }

    /** Reads the password whenever it connects, so that it can be changed while the node runs. */
    private static final class Source extends PGSimpleDataSource {
        private static final long serialVersionUID = 1;
        private final transient @Nullable Path passwordFile;

        Source(@Nullable Path passwordFile) {
            this.passwordFile = passwordFile;
        }

        @Nullable
        String password() {
            if (passwordFile == null) {
                return null;
            }
            try (var lines = Files.lines(passwordFile)) {
                return lines.findFirst().orElse("");
            } catch (IOException | UncheckedIOException e) {
                throw new StoreUnavailableException(
                        "cannot read the password of the lab's database from " + passwordFile);
            }
        }

        @Override
        public Connection getConnection() throws SQLException {
            return getConnection(getUser(), password());
        }
    }

    /** One of a few that are shared. */
    Connection borrow() throws SQLException {
        return pool.getConnection();
    }

    /** One for the caller alone, which may wait on it. */
    Connection connect() throws SQLException {
        return source.getConnection();
    }

    /** Makes or completes the tables. */
    void migrate() {
        // A change of tables may take longer than a write is given.
        Source patient = new Source(source.passwordFile);
        patient.setUrl(source.getUrl());
        patient.setUser(source.getUser());
        patient.setConnectTimeout(SECONDS);
        Migrations.run(patient, "postgresql", place);
    }

    /** Whether the server answered, and nothing but somebody's help will change what it said. */
    static boolean isRefusal(Throwable cause) {
        String state = state(cause);
        return state != null && (state.startsWith("28") || state.startsWith("3D") || state.startsWith("42"));
    }

    /** Whether the connection failed, so that it is not known what became of the statement. */
    static boolean isLoss(Throwable cause) {
        String state = state(cause);
        return state == null || state.startsWith("08") || state.startsWith("57P");
    }

    private static @Nullable String state(Throwable cause) {
        String state = null;
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof SQLException sql && sql.getSQLState() != null) {
                state = sql.getSQLState(); // the innermost: the pool wraps what the server said
            }
        }
        return state;
    }

    static String reason(Throwable cause) {
        Throwable at = cause;
        while (at.getCause() instanceof SQLException inner) {
            at = inner;
        }
        return String.valueOf(at.getMessage()).lines().findFirst().orElse("").replaceFirst("^(FATAL|ERROR): ", "");
    }

    @Override
    public void close() {
        pool.close();
    }
}
