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
        String user = username.substring(username.indexOf(':') + 1).toLowerCase(Locale.ROOT);
        String name = EDGES.matcher(OTHERS.matcher(user).replaceAll("-")).replaceAll("");
        return name.length() <= MOST
                ? name
                : EDGES.matcher(name.substring(0, MOST)).replaceAll("");
    }
}
