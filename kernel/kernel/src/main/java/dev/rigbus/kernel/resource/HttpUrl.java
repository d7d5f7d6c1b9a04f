package dev.rigbus.kernel.resource;

import java.net.IDN;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An absolute web address that keeps path and query byte for byte, since a signature may cover them; {@link java.net.URI} refuses
 * some characters that signed addresses contain.
 *
 * @param host as to look up, without the brackets of an IPv6 address
 * @param target path and query, as they go into the request line
 * @param userInfo name and password, as {@code name:password}
 */
record HttpUrl(
        String scheme,
        String host,
        int port,
        String target,
        @Nullable String userInfo) {
    private static final Pattern URL = Pattern.compile(
            "(?i)(https?)://(?:([^/?#@]*)@)?(\\[[0-9a-f:.%]+]|[^/?#@:\\[\\]]+)(?::(\\d{1,5}))?([/?][^#]*)?(#.*)?");
    private static final Pattern UNSENDABLE = Pattern.compile("[\\x00-\\x20\\x7f]");

    /** @throws IllegalArgumentException if this is no absolute http or https address, or has white space in it */
    static HttpUrl parse(String url) {
        Matcher parts = URL.matcher(url);
        if (!parts.matches() || UNSENDABLE.matcher(url).find()) {
            throw new IllegalArgumentException(
                    redacted(url) + " (expected: an absolute http or https URL without spaces)");
        }
        String scheme = parts.group(1).toLowerCase(Locale.ROOT);
        int port = parts.group(4) == null ? defaultPort(scheme) : Integer.parseInt(parts.group(4));
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException(redacted(url) + " (expected: a port of 1..65535)");
        }
        return new HttpUrl(scheme, host(parts.group(3)), port, target(parts.group(5)), parts.group(2));
    }

    /** The address as texts may show it: a query is often a password, and a name may come with one. */
    static String redacted(String url) {
        return url.replaceFirst("#.*", "").replaceFirst("\\?.*", "?[REDACTED]").replaceFirst("//[^/?@]*@", "//");
    }

    boolean secure() {
        return scheme.equals("https");
    }

    boolean sameOrigin(HttpUrl other) {
        return scheme.equals(other.scheme) && host.equals(other.host) && port == other.port;
    }

    /** The value of the Host header: the port only where it is not the usual one. */
    String authority() {
        String name = host.contains(":") ? "[" + host + "]" : host;
        return port == defaultPort(scheme) ? name : name + ":" + port;
    }

    private static String host(String text) {
        String name = text.startsWith("[") ? text.substring(1, text.length() - 1) : IDN.toASCII(text);
        return name.toLowerCase(Locale.ROOT);
    }

    private static String target(@Nullable String text) {
        if (text == null) {
            return "/";
        }
        return text.startsWith("/") ? text : "/" + text;
    }

    private static int defaultPort(String scheme) {
        return scheme.equals("https") ? 443 : 80;
    }
}
