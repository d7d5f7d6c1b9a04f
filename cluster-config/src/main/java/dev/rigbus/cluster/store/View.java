package dev.rigbus.cluster.store;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The members as this node sees them, from one change to the next. A home serves only while every member has said that it sees the same,
 * and has given what it knew from before: {@link #joined} holds the number by which each of them knows its own view. A message that
 * carries an older number is refused, so nothing of a former home counts once another has begun.
 */
final class View {
    final String self;
    final Set<String> members;
    final Set<String> others;
    final long token;
    /** The numbers of the others' views, once compared with. */
    final Map<String, Long> joined = new HashMap<>();
    /** The numbers by which the others asked to compare. */
    final Map<String, Long> greeted = new HashMap<>();

    View(String self, Set<String> members, long token) {
        this.self = self;
        this.members = new TreeSet<>(members);
        this.members.add(self);
        this.others = new TreeSet<>(this.members);
        this.others.remove(self);
        this.token = token;
    }

    boolean isSettled() {
        return joined.keySet().containsAll(others);
    }

    /** The one that decides on a key: every node that sees the same members comes to the same, and few keys move when one leaves. */
    String home(Key key) {
        String best = "";
        long highest = 0;
        for (String member : members) {
            long score = Digest.mix(Digest.text(Digest.text(Digest.text(7, member), key.kind()), key.key()));
            if (best.isEmpty() || score > highest) {
                best = member;
                highest = score;
            }
        }
        return best;
    }
}
