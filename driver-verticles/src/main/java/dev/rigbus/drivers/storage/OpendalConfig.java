package dev.rigbus.drivers.storage;

import dev.rigbus.driver.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of {@link Opendal}.
 *
 * @param scheme fs, memory or http
 * @param place what of the keyword arguments counts for this scheme
 * @param removeCreatedOnClose whether files that clients have made go when the exporter stops; only fs
 */
record OpendalConfig(String scheme, Place place, boolean removeCreatedOnClose) {
    /** The root of fs, the endpoint of http with its authorization; nothing of it for memory. */
    record Place(Path root, String endpoint, @Nullable String authorization) {}

    static OpendalConfig read(Settings settings) {
        String scheme = settings.string("scheme");
        boolean remove = settings.bool("remove_created_on_close", false);
        settings.accept("kwargs", "log_level");
        if (!settings.has("kwargs") && !(settings.raw("kwargs") instanceof Map)) {
            settings.problem("kwargs", "is missing (expected: a map, such as {root: /srv/files})");
        }
        Settings kwargs = settings.section("kwargs");
        Place none = new Place(Path.of(""), "", null);
        Place place = switch (scheme) {
            case "fs" -> {
                kwargs.accept("atomic_write_dir");
                yield new Place(kwargs.path("root"), "", null);
            }
            case "memory" -> {
                kwargs.accept("root");
                yield none;
            }
            case "http" -> http(kwargs);
            default -> {
                kwargs.accept(kwargs.keys().toArray(String[]::new));
                if (settings.has("scheme")) {
                    settings.problem(
                            "scheme", '"' + scheme + "\" is not supported (expected one of: fs, memory, http)");
                }
                yield none;
            }
        };
        return new OpendalConfig(scheme, place, remove);
    }

    private static Place http(Settings kwargs) {
        String endpoint = kwargs.uri("endpoint", "http", "https").toString().replaceFirst("/+$", "");
        String root = kwargs.string("root", "").replaceFirst("^/+", "").replaceFirst("/+$", "");
        String token = kwargs.optionalString("token");
        String user = kwargs.optionalString("username");
        String secret = user + ":" + kwargs.string("password", "");
        String authorization = token != null ? "Bearer " + token : null;
        if (authorization == null && user != null) {
            authorization = "Basic " + Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
        }
        return new Place(
                Path.of(""), root.isEmpty() ? endpoint : endpoint + "/" + HttpStorage.encoded(root), authorization);
    }

    /** Makes the root of fs if it is missing; the web server of http is first asked when a client does. */
    Storage open() throws IOException {
        return switch (scheme) {
            case "fs" -> new FsStorage(place.root());
            case "http" -> new HttpStorage(place.endpoint(), place.authorization());
            default -> new MemoryStorage(Runtime.getRuntime().maxMemory() / 2);
        };
    }
}
