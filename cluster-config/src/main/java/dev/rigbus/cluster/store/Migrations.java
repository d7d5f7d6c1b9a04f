package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.RecordStore.StoreUnavailableException;
import java.util.Arrays;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/** Brings the tables of a database to what this program knows. */
final class Migrations {
    private Migrations() {}

    /**
     * @param dialect the directory of the scripts
     * @param place what the user knows the database by
     */
    static void run(DataSource source, String dialect, String place) {
        Flyway flyway = Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:dev/rigbus/cluster/store/" + dialect)
                .table("schema_history")
                .load();
        refuseNewer(flyway, place);
        try {
            flyway.migrate();
        } catch (FlywayException e) {
            throw new StoreUnavailableException("cannot bring the tables of " + place + " up to date: " + firstLine(e));
        }
    }

    private static void refuseNewer(Flyway flyway, String place) {
        Arrays.stream(flyway.info().applied())
                .filter(done -> !done.getState().isResolved())
                .map(MigrationInfo::getVersion)
                .findFirst()
                .ifPresent(version -> {
                    throw new StoreUnavailableException(
                            place + " was written by a newer Rigbus (its tables are of version " + version
                                    + "); run that one, or put back a backup from before the upgrade");
                });
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
