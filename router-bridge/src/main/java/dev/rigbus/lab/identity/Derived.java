package dev.rigbus.lab.identity;

import java.util.Locale;
import java.util.regex.Pattern;

/** The name of the client that a user of another issuer is. */
final class Derived {
    private static final Pattern OTHERS = Pattern.compile("[^a-z0-9]+");
    private static final Pattern EDGES = Pattern.compile("^-+|-+$");
    private static final int MOST = 63;

    private Derived() {}

    /** Of {@code dex:Some.User@Example.com}: {@code some-user-example-com}. Empty if nothing is left. */
    static String name(String username) {
        return label(username.substring(username.indexOf(':') + 1));
    }

    /** The same with the provider's prefix, for a user whose name another provider's user has: {@code dex-some-user-example-com}. */
    static String fullName(String username) {
        return label(username);
    }

    /** Which provider's user it is. */
    static String prefix(String username) {
        return username.substring(0, username.indexOf(':') + 1);
    }

    private static String label(String text) {
        String user = text.toLowerCase(Locale.ROOT);
        String name = EDGES.matcher(OTHERS.matcher(user).replaceAll("-")).replaceAll("");
        return name.length() <= MOST
                ? name
                : EDGES.matcher(name.substring(0, MOST)).replaceAll("");
    }
}
