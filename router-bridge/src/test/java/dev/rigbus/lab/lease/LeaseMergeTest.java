package dev.rigbus.lab.lease;

import static dev.rigbus.lab.lease.Given.NOON;
import static dev.rigbus.lab.lease.Given.created;
import static dev.rigbus.lab.lease.Given.granted;
import static dev.rigbus.lab.lease.Given.wants;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.Records;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LeaseMergeTest {
    private static final LeaseMerge MERGE = new LeaseMerge();
    private static final Lease WAITING = wants("l", "a=1");

    private static StoredRecord record(long version, long changed, @Nullable Lease lease) {
        return new StoredRecord(Lease.KIND, "lab/l", version, changed, lease == null ? null : Records.write(lease));
    }

    private static Lease lease(StoredRecord record) {
        return Records.read(Lease.class, Objects.requireNonNull(record.value()));
    }

    private static StoredRecord merged(StoredRecord a, StoredRecord b) {
        StoredRecord merged = MERGE.merge(a, b);
        assertThat(MERGE.merge(b, a)).isEqualTo(merged);
        assertThat(MERGE.merge(merged, a)).isEqualTo(merged);
        assertThat(MERGE.merge(merged, b)).isEqualTo(merged);
        return merged;
    }

    @Test
    void whatHasEndedStaysEnded() {
        Lease held = granted(WAITING, "e", 1, NOON);
        Lease ended = Conditions.released(held, null, NOON.plusSeconds(5));
        Lease longer = held.withTime(Times.create(Duration.ofHours(9), null, null));
        StoredRecord merged = merged(record(5, 50, ended), record(8, 40, longer));
        assertThat(merged.version()).isEqualTo(8);
        assertThat(lease(merged).ending()).isEqualTo(ended.ending());
        assertThat(lease(merged).time()).isEqualTo(longer.time());
        assertThat(lease(merged).conditions()).isEqualTo(ended.conditions());
    }

    @Test
    void theEarlierEndIsTheEnd() {
        Lease held = granted(WAITING, "e", 1, NOON);
        Lease first = Conditions.released(held, null, NOON.plusSeconds(5));
        Lease second = Conditions.released(held, "later", NOON.plusSeconds(9));
        assertThat(lease(merged(record(3, 30, second), record(3, 20, first)))).isEqualTo(first);
    }

    @Test
    void aBoardIsNotLost() {
        Lease held = granted(Conditions.waiting(WAITING, new Outcome.Waiting("Offline", "x"), NOON), "e", 4, NOON);
        Lease other = WAITING.withClient("bob");
        Lease merged = lease(merged(record(2, 20, held), record(3, 30, other)));
        assertThat(merged.grant()).isEqualTo(held.grant());
        assertThat(merged.client()).isEqualTo("bob");
        assertThat(merged.conditions()).isEqualTo(held.conditions());
    }

    @Test
    void theHigherFenceWins() {
        Lease one = granted(WAITING, "e1", 4, NOON);
        Lease two = granted(WAITING, "e2", 9, NOON.plusSeconds(1));
        assertThat(lease(merged(record(9, 90, one), record(2, 20, two))).grant())
                .isEqualTo(two.grant());
    }

    @Test
    void aLeaseThatEndedOnOneSideAndBeganOnTheOtherIsNotReady() {
        Lease ended = Conditions.released(WAITING, null, NOON);
        Lease held = granted(WAITING, "e", 4, NOON.plusSeconds(1));
        Lease merged = lease(merged(record(2, 20, ended), record(3, 30, held)));
        assertThat(merged.hasEnded()).isTrue();
        assertThat(merged.grant()).isEqualTo(held.grant());
        assertThat(merged.conditions()).isEqualTo(ended.conditions());
        Lease hopeless = Conditions.hopeless(WAITING, new Outcome.Hopeless("Unsatisfiable", "NoAccess", "x"), NOON);
        assertThat(lease(merged(record(2, 20, hopeless), record(3, 30, held))).conditions())
                .noneMatch(c -> c.type().equals("Ready") && c.holds());
    }

    @Test
    void whatWasTidiedAwayStaysAway() {
        Lease held = granted(WAITING, "e", 1, NOON);
        StoredRecord deleted = record(4, NOON.plusSeconds(60).toEpochMilli(), null);
        assertThat(merged(deleted, record(9, 90, held))).isEqualTo(deleted);
        // Unless its name was given to another since.
        StoredRecord again = record(5, 1, created(WAITING, NOON.plusSeconds(61)));
        assertThat(merged(deleted, again)).isEqualTo(again);
        StoredRecord newer = record(6, 1, null);
        assertThat(merged(deleted, newer)).isEqualTo(newer);
    }

    @Test
    void ofTwoOfOneNameTheOneWithABoardStays() {
        Lease other = new Lease(
                WAITING.name(), "other", "bob", WAITING.wish(), WAITING.time(), null, null, WAITING.conditions(), NOON);
        StoredRecord held = record(2, 2, granted(WAITING, "e", 1, NOON));
        assertThat(merged(held, record(7, 7, other))).isEqualTo(held);
        StoredRecord waiting = record(1, 1, other);
        assertThat(merged(waiting, record(7, 7, Conditions.released(WAITING, null, NOON))))
                .isEqualTo(waiting);
    }

    @Test
    void whatCannotBeReadIsComparedByItsVersion() {
        StoredRecord strange = new StoredRecord(Lease.KIND, "lab/l", 5, 5, "{\"name\": 7}");
        assertThat(merged(strange, record(4, 4, WAITING))).isEqualTo(strange);
    }

    /** Copies that went different ways come to the same whatever is merged first, and once merged nothing more comes of it. */
    @Test
    void theOrderOfMergingDoesNotMatter() {
        long seed = System.nanoTime();
        System.out.println("merge seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            StoredRecord a = any(random);
            StoredRecord b = any(random);
            StoredRecord c = any(random);
            StoredRecord left = MERGE.merge(merged(a, b), c);
            StoredRecord right = MERGE.merge(a, merged(b, c));
            assertThat(left).as("%s\n%s\n%s", a, b, c).isEqualTo(right);
            assertThat(lease(left).hasEnded())
                    .isEqualTo(lease(a).hasEnded() || lease(b).hasEnded() || lease(c).hasEnded());
        }
    }

    private static StoredRecord any(Random random) {
        Lease lease = WAITING;
        if (random.nextBoolean()) {
            lease = Conditions.waiting(
                    lease,
                    new Outcome.Waiting("Offline", "m" + random.nextInt(3)),
                    NOON.plusSeconds(random.nextInt(3)));
        }
        if (random.nextBoolean()) {
            lease = granted(lease, "e" + random.nextInt(2), random.nextInt(3), NOON.plusSeconds(random.nextInt(4)));
        }
        lease = random.nextBoolean() ? lease.withClient("c" + random.nextInt(3)) : lease;
        if (random.nextInt(3) == 0) {
            lease = lease.withTime(Times.create(Duration.ofMinutes(1 + random.nextInt(3)), null, null));
        }
        if (random.nextInt(3) == 0) {
            lease = random.nextBoolean() || !lease.isHeld()
                    ? Conditions.released(lease, null, NOON.plusSeconds(random.nextInt(9)))
                    : Conditions.expired(lease, NOON.plus(Duration.ofDays(1)));
        }
        return record(1 + random.nextInt(3), random.nextInt(2), lease);
    }
}
