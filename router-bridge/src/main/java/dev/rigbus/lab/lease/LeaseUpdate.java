package dev.rigbus.lab.lease;

import dev.rigbus.lab.lease.Policies.Access;
import dev.rigbus.lab.lease.Policies.Answer;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the holder of a lease wants changed; absent is what stays.
 *
 * @param client to whom it is handed over
 */
public record LeaseUpdate(
        @Nullable Duration duration,
        @Nullable Instant begin,
        @Nullable Instant end,
        @Nullable ObjectName client) {

    /** The lease as it is then, and what people are to be told of it. */
    public record Result(Lease lease, boolean shortened, boolean transferred) {}

    /** What has to be looked up for it. */
    public interface Lab {
        @Nullable
        Client client(ObjectName name);

        @Nullable
        Exporter exporter(ObjectName name);

        Policies rules(String namespace);
    }

    /** Fails with UNKNOWN and the text for the client. */
    public Result apply(Lease lease, ObjectName caller, Lab lab) {
        if (!caller.equals(new ObjectName(lease.name().namespace(), lease.client()))) {
            throw Times.refused("UpdateLease permission denied");
        }
        boolean timed = duration != null || begin != null || end != null;
        if (timed && lease.hasEnded()) {
            throw Times.refused("cannot update lease: lease has already ended");
        }
        TimeChange change = TimeChange.of(lease, duration, begin, end);
        Lease next = change.time().equals(lease.time()) ? lease : lease.withTime(change.time());
        boolean longer = Times.requested(next.time()).compareTo(Times.requested(lease.time())) > 0;
        boolean transfer = false;
        if (client != null && !client.equals(caller)) {
            transfer = true;
            next = next.withClient(target(lease, client, lab).name().name());
        }
        if (lease.grant() != null && (longer || transfer)) {
            checkAccess(next, lease.grant().exporter(), lab);
        }
        return new Result(next, change.shortens(), transfer);
    }

    private static Client target(Lease lease, ObjectName client, Lab lab) {
        if (lease.hasEnded()) {
            throw Times.refused("cannot transfer lease: lease has already ended");
        }
        if (lease.grant() == null) {
            throw Times.refused("cannot transfer lease: lease has not started yet");
        }
        if (!client.namespace().equals(lease.name().namespace())) {
            throw Times.refused("cannot transfer lease to client in different namespace");
        }
        Client target = lab.client(client);
        if (target == null) {
            throw Times.refused("target client not found: clients.jumpstarter.dev \"" + client.name() + "\" not found");
        }
        return target;
    }

    /** A lease must not become what could not have been had in the first place. */
    private static void checkAccess(Lease lease, String name, Lab lab) {
        String namespace = lease.name().namespace();
        Exporter exporter = lab.exporter(new ObjectName(namespace, name));
        if (exporter == null) {
            return;
        }
        Client holder = lab.client(new ObjectName(namespace, lease.client()));
        Map<String, String> labels = holder == null ? Map.of() : holder.labels();
        Function<Duration, Access> ask = time -> lab.rules(namespace).access(labels, exporter.labels(), time);
        Duration time = Times.requested(lease.time());
        Access access = ask.apply(time);
        if (access.isGranted()) {
            return;
        }
        Duration longest = access.rulings().stream()
                .filter(ruling -> ruling.answer() == Answer.TOO_LONG)
                .map(ruling -> Objects.requireNonNull(ruling.rule().longest()))
                .max(Duration::compareTo)
                .orElse(null);
        throw Times.refused(
                longest == null
                        ? "no policy gives exporter " + name + " to client " + lease.client()
                        : "exporter " + name + " cannot be leased by client " + lease.client() + " for "
                                + Durations.text(time) + ": the policies give it for no more than "
                                + Durations.text(longest) + " in all");
    }
}
