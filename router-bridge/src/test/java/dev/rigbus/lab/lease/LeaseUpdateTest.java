package dev.rigbus.lab.lease;

import static dev.rigbus.lab.lease.Given.HOUR;
import static dev.rigbus.lab.lease.Given.NOON;
import static dev.rigbus.lab.lease.Given.client;
import static dev.rigbus.lab.lease.Given.granted;
import static dev.rigbus.lab.lease.Given.name;
import static dev.rigbus.lab.lease.Given.policy;
import static dev.rigbus.lab.lease.Given.rule;
import static dev.rigbus.lab.lease.Given.wants;
import static dev.rigbus.lab.lease.NamesTest.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.grpc.Code;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.model.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LeaseUpdateTest {
    private static final Lease WAITING = wants("l", "a=1");
    private static final Lease HELD = granted(WAITING, "e", 1, NOON);
    private static final Lease ENDED = Conditions.released(HELD, null, NOON);
    private static final ObjectName ALICE = name("alice");

    private record Lab(Map<String, Client> clients, List<Policy> policies) implements LeaseUpdate.Lab {
        static final Lab OPEN = new Lab(
                Map.of("alice", Given.client("alice", Map.of()), "bob", Given.client("bob", Map.of())), List.of());

        @Override
        public @Nullable Client client(ObjectName name) {
            return name.namespace().equals("lab") ? clients.get(name.name()) : null;
        }

        @Override
        public @Nullable Exporter exporter(ObjectName name) {
            return Given.exporter(name.name(), Map.of("board", "imx"));
        }

        @Override
        public Policies rules(String namespace) {
            return Policies.of(policies);
        }
    }

    private static LeaseUpdate lasts(Duration duration) {
        return new LeaseUpdate(duration, null, null, null);
    }

    private static LeaseUpdate to(ObjectName client) {
        return new LeaseUpdate(null, null, null, client);
    }

    private static void refused(LeaseUpdate update, Lease lease, Lab lab, String text) {
        refuses(() -> update.apply(lease, ALICE, lab), Code.UNKNOWN, text);
    }

    @Test
    void nothingAskedIsNothingChanged() {
        for (Lease lease : List.of(WAITING, HELD, ENDED)) {
            assertThat(to(ALICE).apply(lease, ALICE, Lab.OPEN).lease()).isSameAs(lease);
        }
        assertThat(lasts(HOUR).apply(HELD, ALICE, Lab.OPEN).lease()).isSameAs(HELD);
    }

    @Test
    void onlyTheHolderMay() {
        refuses(() -> lasts(HOUR).apply(HELD, name("bob"), Lab.OPEN), Code.UNKNOWN, "UpdateLease permission denied");
        refuses(
                () -> lasts(HOUR).apply(HELD, new ObjectName("other", "alice"), Lab.OPEN),
                Code.UNKNOWN,
                "UpdateLease permission denied");
    }

    @Test
    void whatCannotBeHandedOver() {
        refused(to(name("bob")), WAITING, Lab.OPEN, "cannot transfer lease: lease has not started yet");
        refused(to(name("bob")), ENDED, Lab.OPEN, "cannot transfer lease: lease has already ended");
        refused(
                to(new ObjectName("other", "bob")),
                HELD,
                Lab.OPEN,
                "cannot transfer lease to client in different namespace");
        refused(
                to(name("carol")),
                HELD,
                Lab.OPEN,
                "target client not found: clients.jumpstarter.dev \"carol\" not found");
    }

    @Test
    void aLeaseIsHandedOver() {
        LeaseUpdate.Result result = to(name("bob")).apply(HELD, ALICE, Lab.OPEN);
        assertThat(result.transferred()).isTrue();
        assertThat(result.lease()).isEqualTo(HELD.withClient("bob"));
        refuses(
                () -> lasts(HOUR).apply(result.lease(), ALICE, Lab.OPEN),
                Code.UNKNOWN,
                "UpdateLease permission denied");
    }

    @Test
    void R12_theAnswerTellsThatItGotShorter() {
        assertThat(lasts(Duration.ofMinutes(5)).apply(HELD, ALICE, Lab.OPEN).shortened())
                .isTrue();
        assertThat(lasts(HOUR.plusMinutes(5)).apply(HELD, ALICE, Lab.OPEN).shortened())
                .isFalse();
        refused(lasts(HOUR), ENDED, Lab.OPEN, "cannot update lease: lease has already ended");
    }

    @Test
    void aPolicyIsNotEvadedByAskingLater() {
        Lab limited = new Lab(
                Map.of("alice", client("alice", Map.of("team", "red")), "bob", client("bob", Map.of())),
                List.of(policy("p", "", rule("red", 0, HOUR.plusMinutes(30), "team=red"))));
        assertThat(lasts(HOUR.plusMinutes(30)).apply(HELD, ALICE, limited).lease())
                .isNotSameAs(HELD);
        refused(
                lasts(HOUR.plusMinutes(31)),
                HELD,
                limited,
                "exporter e cannot be leased by client alice for 1h31m0s: the policies give it for no more than 1h30m0s"
                        + " in all");
        refused(to(name("bob")), HELD, limited, "no policy gives exporter e to client bob");
        // Giving back early is always possible, also when the policy has become stricter.
        Lab closed = new Lab(limited.clients, List.of(policy("p", "")));
        assertThat(lasts(Duration.ofMinutes(1)).apply(HELD, ALICE, closed).shortened())
                .isTrue();
    }
}
