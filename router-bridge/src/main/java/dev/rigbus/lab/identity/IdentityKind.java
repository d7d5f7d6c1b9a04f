package dev.rigbus.lab.identity;

import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.Records;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What clients, exporters and administrators have in common, for the tokens that each of them may have one of.
 *
 * @param name of the records, and the first word of the tokens' subjects
 * @param plural as in {@code clients.jumpstarter.dev}
 */
record IdentityKind<T>(
        String name,
        String plural,
        Class<T> type,
        Function<T, String> key,
        Function<T, String> uid,
        Function<T, @Nullable String> username,
        Function<T, @Nullable String> tokenId,
        BiFunction<T, @Nullable String, T> withTokenId) {
    static final IdentityKind<Client> CLIENT = new IdentityKind<>(
            Client.KIND,
            "clients",
            Client.class,
            c -> c.name().key(),
            Client::uid,
            Client::username,
            Client::tokenId,
            (c, id) -> new Client(c.name(), c.uid(), c.labels(), c.username(), id, c.created()));

    static final IdentityKind<Exporter> EXPORTER = new IdentityKind<>(
            Exporter.KIND,
            "exporters",
            Exporter.class,
            e -> e.name().key(),
            Exporter::uid,
            Exporter::username,
            Exporter::tokenId,
            IdentityKind::withTokenId);

    static final IdentityKind<Admin> ADMIN = new IdentityKind<>(
            Admin.KIND,
            "admins",
            Admin.class,
            Admin::name,
            Admin::uid,
            a -> null,
            Admin::tokenId,
            (a, id) -> new Admin(a.name(), a.uid(), id, a.created()));

    private static Exporter withTokenId(Exporter e, @Nullable String id) {
        return new Exporter(
                e.name(),
                e.uid(),
                e.labels(),
                e.username(),
                id,
                e.enabled(),
                e.maintenance(),
                e.devices(),
                e.node(),
                e.created());
    }

    /** Absent for a record that is not there. */
    @Nullable
    T read(@Nullable StoredRecord stored) {
        String value = stored == null ? null : stored.value();
        return value == null ? null : Records.read(type, value);
    }

    /** What its tokens name: {@code client:namespace:name:uid}. */
    String subject(T identity) {
        return name + ":" + key.apply(identity).replace('/', ':') + ":" + uid.apply(identity);
    }
}
