package dev.rigbus.lab.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.lab.lease.Requirement.Operator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectorTest {
    private static final List<Operator> OPERATORS = List.of(Operator.values());

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', nullValues = "-", textBlock = """
            z=1, b != x,a in (q,p),!m,n,b!=y | a in (p,q),b notin (x,y),!m,n,z=1
            a==1                             | a=1
            a = 1 , a=1                      | a=1
            a=                               | a=
            a in ()                          | a in ()
            a in (,b)                        | a in (,b)
            a in (b,)                        | a in (,b)
            a in ( c , b , b )               | a in (b,c)
            a notin (x),a!=y                 | a notin (x,y)
            in in (notin)                    | in in (notin)
            in                               | in
            a=in                             | a=in
            !notin                           | !notin
            a.b/c-d_e=F.g                    | a.b/c-d_e=F.g
            """)
    void aLeaseKeepsOneWayToSayIt(String text, String canonical) {
        assertThat(Selector.parse(text).normalised()).hasToString(canonical);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            a===b       | unable to parse requirement: found '=', expected: identifier
            a=(         | unable to parse requirement: found '(', expected: identifier
            !=b         | found '!=', expected: !, identifier, or 'end of string'
            ,a          | found ',', expected: !, identifier, or 'end of string'
            a,          | found '', expected: identifier after ','
            a,,b        | found ',', expected: identifier after ','
            a=b c       | found 'c', expected: ',' or 'end of string'
            a b         | unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt
            a in b      | unable to parse requirement: found 'b' expected: '('
            a in (b     | unable to parse requirement: found '', expected: ',' or ')'
            a in (b c)  | unable to parse requirement: found 'c', expected: ',' or ')'
            a in (=)    | unable to parse requirement: found '=', expected: ',', ')' or identifier
            !           | unable to parse requirement: found '', expected: identifier
            """)
    void aComplaintSaysWhatWasFoundAndWhatWasExpected(String text, String message) {
        assertThatThrownBy(() -> Selector.parse(text))
                .isInstanceOf(SelectorException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"-a=b", "a=-b", "a/b/c=d", "/a=b", "A/b=c", "a=b/c", "a>x", "a in (-)", "a/=b"})
    void whatNoLabelCanBeIsRefused(String text) {
        assertThatThrownBy(() -> Selector.parse(text))
                .isInstanceOf(SelectorException.class)
                .hasMessageContaining("unable to parse requirement: ")
                .hasMessageContaining("must");
        String tooLong = "k=" + "v".repeat(64);
        assertThatThrownBy(() -> Selector.parse(tooLong)).hasMessageContaining("63");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a=1,a=2 | invalid selector: label a cannot have multiple equality requirements with different values (1 and 2)
            a>1     | unsupported label selector operator: gt
            a<1     | unsupported label selector operator: lt
            """)
    void aLeaseCannotHaveThese(String text, String message) {
        Selector parsed = Selector.parse(text);
        assertThatThrownBy(parsed::normalised)
                .isInstanceOf(SelectorException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a=1        | true
            a==1       | true
            a=2        | false
            a!=1       | false
            a!=2       | true
            x!=1       | true
            x=         | false
            e=         | true
            a in (1,2) | true
            a in (2)   | false
            x in (1)   | false
            a notin (1)| false
            x notin (1)| true
            a          | true
            x          | false
            !a         | false
            !x         | true
            n>6        | true
            n>7        | false
            n<8        | true
            n<7        | false
            b>6        | false
            x<6        | false
            a=1,b=two  | true
            a=1,b=1    | false
            ''         | true
            ' '        | true
            """)
    void labelsFitOrNot(String text, boolean fits) {
        Map<String, String> labels = Map.of("a", "1", "b", "two", "n", "7", "e", "");
        assertThat(Selector.parse(text).matches(labels)).isEqualTo(fits);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            b=1,a=2         | a=2,b=1          | true
            a in (x)        | a == x           | true
            a=1,a           | a=1              | true
            a in (1,2),a in (2,3) | a=2        | true
            a!=x,a!=y       | a notin (y,x)    | true
            a!=x            | a notin (y,x)    | false
            a               | !a               | false
            a=1             | a=2              | false
            """)
    void theSameCanBeSaidInOtherWords(String one, String other, boolean same) {
        assertThat(Selector.parse(one).isEquivalent(Selector.parse(other))).isEqualTo(same);
        assertThat(Selector.parse(other).isEquivalent(Selector.parse(one))).isEqualTo(same);
    }

    @Test
    void equalitiesAreTheLabelsOfALease() {
        assertThat(Selector.parse("a=1,b==2,c in (3),!d,e!=4").equalities()).isEqualTo(Map.of("a", "1", "b", "2"));
    }

    @Test
    void theClientsOwnWordsAreKept() {
        String text = " b=1, a=2 ";
        var wish = Wishes.of(text, null, Map.of(), Map.of(), false);
        assertThat(wish.selector()).isEqualTo("a=2,b=1");
        assertThat(Wishes.shown(wish)).isEqualTo("b=1, a=2");
        assertThat(Wishes.shown(Wishes.of("", "e", Map.of(), Map.of(), false))).isEqualTo("<none>");
    }

    /** What is printed reads as what it was, and neither order nor normalising changes what fits. */
    @Test
    void anythingPrintedCanBeReadAgain() {
        long seed = System.nanoTime();
        System.out.println("selector seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            Selector selector = anySelector(random);
            String text = selector.toString();
            assertThat(Selector.parse(text)).as(text).isEqualTo(selector);

            List<String> parts = new ArrayList<>(
                    selector.requirements().stream().map(Requirement::toString).toList());
            Collections.shuffle(parts, random);
            Selector shuffled = Selector.parse(String.join(" , ", parts));
            Selector normal = normalised(selector);
            assertThat(normal == null).as(text).isEqualTo(normalised(shuffled) == null);
            if (normal != null) {
                assertThat(normalised(shuffled)).as(text).isEqualTo(normal);
                assertThat(normalised(normal)).as(text).isEqualTo(normal);
                assertThat(selector.isEquivalent(shuffled)).as(text).isTrue();
            }
            for (int j = 0; j < 5; j++) {
                Map<String, String> labels = anyLabels(random);
                boolean fits = selector.matches(labels);
                assertThat(shuffled.matches(labels))
                        .as("%s with %s", text, labels)
                        .isEqualTo(fits);
                if (normal != null) {
                    assertThat(normal.matches(labels))
                            .as("%s with %s", text, labels)
                            .isEqualTo(fits);
                }
            }
        }
    }

    private static @Nullable Selector normalised(Selector selector) {
        try {
            return selector.normalised();
        } catch (SelectorException e) {
            return null;
        }
    }

    private static Selector anySelector(Random random) {
        List<Requirement> all = new ArrayList<>();
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            all.add(anyRequirement(random));
        }
        return Selector.of(Map.of(), all);
    }

    private static Requirement anyRequirement(Random random) {
        String key = anyKey(random);
        Operator operator = OPERATORS.get(random.nextInt(OPERATORS.size()));
        return switch (operator) {
            case EXISTS, ABSENT -> Requirement.of(key, operator, Set.of());
            case GREATER, LESS -> Requirement.of(key, operator, Set.of("" + random.nextInt(4)));
            case IN, NOT_IN -> {
                Set<String> values = new TreeSet<>();
                int count = 1 + random.nextInt(3);
                for (int i = 0; i < count; i++) {
                    values.add(anyValue(random));
                }
                yield Requirement.of(key, operator, values);
            }
            default -> Requirement.of(key, operator, Set.of(anyValue(random)));
        };
    }

    private static String anyKey(Random random) {
        return List.of("a", "b", "in", "x.y/c").get(random.nextInt(4));
    }

    private static String anyValue(Random random) {
        return List.of("", "1", "2", "notin", "A.b").get(random.nextInt(5));
    }

    private static Map<String, String> anyLabels(Random random) {
        Map<String, String> labels = new HashMap<>();
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            labels.put(anyKey(random), anyValue(random));
        }
        return labels;
    }
}
