package dev.rigbus.lab.lease;

import static dev.rigbus.lab.lease.Given.HOUR;
import static dev.rigbus.lab.lease.Given.NOON;
import static dev.rigbus.lab.lease.Given.board;
import static dev.rigbus.lab.lease.Given.created;
import static dev.rigbus.lab.lease.Given.disabled;
import static dev.rigbus.lab.lease.Given.exporter;
import static dev.rigbus.lab.lease.Given.granted;
import static dev.rigbus.lab.lease.Given.leased;
import static dev.rigbus.lab.lease.Given.name;
import static dev.rigbus.lab.lease.Given.offline;
import static dev.rigbus.lab.lease.Given.policy;
import static dev.rigbus.lab.lease.Given.rule;
import static dev.rigbus.lab.lease.Given.wants;
import static dev.rigbus.wire.ExporterStatus.EXPORTER_STATUS_AFTER_LEASE_HOOK;
import static dev.rigbus.wire.ExporterStatus.EXPORTER_STATUS_AVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.lab.lease.Explanation.Row;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExplainerTest {
    private static final Map<String, String> IMX = Map.of("board", "imx");
    private static final Map<String, String> SECRET = Map.of("board", "imx", "secret", "yes");
    private static final Asker ALICE = new Asker(name("alice"));
    private static final Policies POLICIES = Policies.of(List.of(
            policy("all", "!secret", rule("everybody", 1, Duration.ofHours(8), "")),
            policy("few", "secret", rule("the chosen", 9, null, "badge=gold"))));

    private static final Lease HOLDER = granted(wants("h", "board").withClient("bob"), "e1", 1, NOON);
    private static final Lease HIDDEN = granted(wants("x", "board").withClient("carol"), "e5", 1, NOON);
    private static final List<Board> BOARDS = List.of(
            leased("e1", IMX, HOLDER),
            offline("e2", IMX),
            board(exporter("e3", IMX), EXPORTER_STATUS_AFTER_LEASE_HOOK, true, null),
            board(disabled(exporter("e4", IMX), "new \u001b[31mfuse"), EXPORTER_STATUS_AVAILABLE, true, null),
            leased("e5", SECRET, HIDDEN),
            board(exporter("e6", Map.of("board", "rpi")), EXPORTER_STATUS_AVAILABLE, true, null));

    private static final Lease LEASE = created(wants("mine", "board=imx,lab notin (cold)"), NOON.plusSeconds(2));
    private static final List<Lease> WAITING = List.of(
            created(wants("older", "board").withClient("dave"), NOON.plusSeconds(1)),
            LEASE,
            created(wants("younger", "board").withClient("dave"), NOON.plusSeconds(3)));

    private static Explainer explainer() {
        return new Explainer(
                POLICIES,
                client -> client.name().equals("carol") ? Map.of("badge", "gold") : Map.<String, String>of(),
                WAITING,
                NOON.plusSeconds(9));
    }

    @Test
    void eachBoardSaysWhyItFitsOrNot() {
        Explanation told = explainer().lease(LEASE, BOARDS, ALICE);
        assertThat(told.summary()).startsWith("waits (NotReady): There are 1 online exporters");
        assertThat(told.place()).isEqualTo(2);
        assertThat(told.rows())
                .containsExactly(
                        new Row("e3", "cleaning", "status after lease hook, still cleaning up after its last lease"),
                        new Row("e1", "leased", "by bob with lease h until " + NOON.plus(HOUR)),
                        new Row("e2", "offline", "last seen at " + NOON),
                        new Row("e5", "denied", "policy few (the chosen) is for other clients"),
                        new Row("e4", "disabled", "under maintenance: new \u001b[31mfuse"),
                        new Row("e6", "mismatch", "does not fulfil board=imx"));
        assertThat(told.advice())
                .hasSize(1)
                .first()
                .asString()
                .contains(NOON.plus(HOUR).toString());
        assertThat(told.facts())
                .contains("client alice asked for any exporter that matches board=imx,lab notin (cold), for 1h0m0s");
    }

    @Test
    void anAdministratorIsToldWhomARuleIsFor() {
        assertThat(explainer().lease(LEASE, BOARDS, Asker.ADMINISTRATOR).rows())
                .contains(new Row("e5", "denied", "policy few (the chosen) is for other clients: badge=gold"));
    }

    @Test
    void R57_whatIsNotForAClientStaysHidden() {
        for (Asker asker : List.of(ALICE, new Asker(name("dave")))) {
            Explanation lease = explainer().lease(LEASE, BOARDS, asker);
            Explanation board = explainer().exporter(BOARDS.get(4), asker);
            for (String text : List.of(lease.toText(), lease.toJson(), board.toText(), board.toJson())) {
                // Who has the board that is not for them, and whom it is for.
                assertThat(text).doesNotContain("carol").doesNotContain("badge").doesNotContain("lease x");
            }
        }
        // The boards of another client's lease are judged by what that client may, which is nobody else's business.
        assertThat(explainer().lease(LEASE, BOARDS, new Asker(name("dave"))).rows())
                .isEmpty();
        // Who else waits is a number.
        Explanation board = explainer().exporter(BOARDS.get(0), ALICE);
        assertThat(board.facts()).contains("2 leases of other clients wait for it");
        assertThat(board.rows()).containsExactly(new Row("mine", "waiting", "client alice, place 2"));
        assertThat(board.toText()).doesNotContain("dave");
        assertThat(new Asker(new ObjectName("other", "alice")).sees("lab")).isFalse();
    }

    @Test
    void R57_aTerminalIsNotSteered() {
        Explanation told = explainer().lease(LEASE, BOARDS, ALICE);
        assertThat(told.toText().replace("\n", "").chars()).noneMatch(Character::isISOControl);
        assertThat(told.toText()).contains("e4  disabled: under maintenance: new ");
        assertThat(told.toJson().chars()).noneMatch(Character::isISOControl);
        assertThat(Explanation.harmless("a\u202eb\u0007c\u009bd\u2028e"))
                .doesNotContainPattern("[\\p{Cntrl}\u202e\u2028]");
    }

    @Test
    void anExporterSaysWhatItIsDoingAndForWhom() {
        Explanation busy = explainer().exporter(BOARDS.get(0), ALICE);
        assertThat(busy.summary()).isEqualTo("leased by bob with lease h until " + NOON.plus(HOUR));
        assertThat(busy.facts()).contains("you may lease it, with priority 1 and for no more than 8h0m0s");
        assertThat(explainer().exporter(BOARDS.get(1), ALICE).summary()).startsWith("offline, last seen at");
        assertThat(explainer().exporter(BOARDS.get(2), ALICE).summary())
                .isEqualTo("not ready, status after lease hook");
        assertThat(explainer().exporter(BOARDS.get(3), ALICE).summary()).startsWith("under maintenance: new");
        assertThat(explainer().exporter(BOARDS.get(5), ALICE).summary()).isEqualTo("free");
        assertThat(explainer().exporter(BOARDS.get(4), Asker.ADMINISTRATOR).summary())
                .isEqualTo("leased by carol with lease x until " + NOON.plus(HOUR));
        assertThat(explainer().exporter(BOARDS.get(0), Asker.ADMINISTRATOR).rows())
                .extracting(Row::name)
                .containsExactly("older", "mine", "younger");
    }

    @Test
    void aLeaseThatBeganOrEndedSaysSo() {
        Explanation held = explainer().lease(HOLDER, BOARDS, new Asker(name("bob")));
        assertThat(held.summary()).startsWith("has exporter e1 since " + NOON);
        assertThat(held.place()).isNull();
        Explanation ended =
                explainer().lease(Conditions.released(HOLDER, "nobody used it", NOON.plusSeconds(5)), BOARDS, ALICE);
        assertThat(ended.summary())
                .isEqualTo("ended at " + NOON.plusSeconds(5)
                        + " (Released): The lease was marked for release: nobody used it");
    }

    @Test
    void aLongListIsCutInTextOnly() {
        List<Board> many = java.util.stream.IntStream.range(0, 100)
                .mapToObj(i -> offline("e" + i, Map.of("board", "rpi")))
                .toList();
        Explanation told = explainer().lease(LEASE, many, ALICE);
        assertThat(told.rows()).hasSize(100);
        assertThat(told.toText().lines()).hasSizeLessThan(30).anyMatch(line -> line.contains("and 80 more: mismatch"));
    }
}
