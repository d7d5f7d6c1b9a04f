package dev.rigbus.lab.identity;

import dev.rigbus.driver.Problem;
import dev.rigbus.driver.Settings;
import dev.rigbus.driver.SettingsException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An OpenID Connect provider whose users may act in the lab, with the keys that stock files use for it.
 *
 * @param url as in its tokens' {@code iss}
 * @param audiences a token is for any of
 * @param authority PEM of the certificates that its own must come from; absent for those the Java runtime trusts
 * @param claim that holds the user's name
 * @param prefix of user names, different for every provider, with a colon at the end
 * @param required claims that a token must have, with their values
 */
public record OidcConfig(
        URI url,
        List<String> audiences,
        @Nullable String authority,
        String claim,
        String prefix,
        Map<String, String> required) {
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]+:");

    public OidcConfig {
        String wrong = wrongPrefix(prefix);
        if (wrong != null) {
            throw new SettingsException(List.of(new Problem("the prefix of issuer " + url, wrong)));
        }
    }

    private static @Nullable String wrongPrefix(String prefix) {
        boolean fits = PREFIX.matcher(prefix).matches() && !prefix.equals(TokenIssuer.PREFIX);
        return fits
                ? null
                : Quote.of(prefix) + " (expected: a word and a colon, such as dex:, other than " + TokenIssuer.PREFIX
                        + ")";
    }

    /**
     * Reads a list of providers.
     *
     * @param path of the list in the file, as {@code authentication.jwt}
     * @param list what stands there; absent for none
     */
    public static List<OidcConfig> readAll(String path, @Nullable Object list) {
        List<Problem> problems = new ArrayList<>();
        List<OidcConfig> all = new ArrayList<>();
        if (list != null && !(list instanceof List<?>)) {
            problems.add(new Problem(path, "expected: a list of issuers"));
        }
        List<?> entries = list instanceof List<?> l ? l : List.of();
        for (int i = 0; i < entries.size(); i++) {
            try {
                all.add(read(entry(path + "[" + i + "]", entries.get(i))));
            } catch (SettingsException e) {
                problems.addAll(e.problems());
            }
        }
        problems.addAll(clashes(path, all));
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return List.copyOf(all);
    }

    @SuppressWarnings("unchecked")
    private static Settings entry(String path, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return Settings.of(path, (Map<String, ?>) map);
        }
        throw new SettingsException(List.of(new Problem(path, "expected: a map with issuer and claimMappings")));
    }

    private static OidcConfig read(Settings s) {
        Settings issuer = s.section("issuer");
        URI url = issuer.uri("url", "https");
        List<String> audiences = issuer.strings("audiences", List.of());
        if (audiences.isEmpty()) {
            issuer.problem("audiences", "is missing (expected: what the provider's tokens name as aud)");
        }
        issuer.oneOf("audienceMatchPolicy", "MatchAny", "MatchAny");
        String authority = authority(issuer);
        Settings username = s.section("claimMappings").section("username");
        String claim = username.string("claim");
        String prefix = username.string("prefix");
        String wrong = wrongPrefix(prefix);
        if (wrong != null) {
            username.problem("prefix", wrong);
        }
        Map<String, String> required = required(s);
        s.check();
        return new OidcConfig(url, audiences, authority, claim, prefix, required);
    }

    /** A rule that is passed over would let in whom it was to keep out, so what is not understood is an error. */
    private static Map<String, String> required(Settings s) {
        Map<String, String> required = new LinkedHashMap<>();
        Object rules = s.raw("claimValidationRules");
        for (Object rule : rules instanceof List<?> list ? list : List.of()) {
            if (rule instanceof Map<?, ?> map
                    && map.size() == 2
                    && map.get("claim") instanceof String claim
                    && map.get("requiredValue") instanceof String value) {
                required.put(claim, value);
            } else {
                s.problem("claimValidationRules", rule + " (expected: claim and requiredValue, both texts)");
            }
        }
        return required;
    }

    private static @Nullable String authority(Settings issuer) {
        String text = issuer.optionalString("certificateAuthority");
        if (text == null || text.contains("-----BEGIN CERTIFICATE-----")) {
            return text;
        }
        try {
            return Files.readString(Path.of(text));
        } catch (IOException | IllegalArgumentException e) {
            issuer.problem("certificateAuthority", Quote.of(text) + " (expected: PEM, or a file that holds it)");
            return null;
        }
    }

    /** With one prefix for two, users of the same name would become one. */
    static List<Problem> clashes(String path, List<OidcConfig> all) {
        List<Problem> problems = new ArrayList<>();
        Set<Object> seen = new HashSet<>();
        for (OidcConfig config : all) {
            if (!seen.add(config.url())) {
                problems.add(new Problem(path, "the issuer " + config.url() + " is there twice"));
            }
            if (!seen.add(config.prefix())) {
                problems.add(new Problem(
                        path, "the prefix " + config.prefix() + " is there twice; users of both would be the same"));
            }
        }
        return problems;
    }
}
