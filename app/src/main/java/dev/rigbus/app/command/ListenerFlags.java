package dev.rigbus.app.command;

import dev.rigbus.kernel.Listener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where an exporter listens and who may talk to it: flags, their rules, and what to warn of. */
final class ListenerFlags {
    private static final String PASSPHRASE_VARIABLE = "RIGBUS_PASSPHRASE";

    private static final Flag LISTENER = new Flag(
            "--tls-grpc-listener",
            "[HOST:]PORT",
            "Where to listen for clients, e.g. 1234 or 127.0.0.1:1234. Default host: 0.0.0.0.");
    private static final Flag INSECURE =
            new Flag("--tls-grpc-insecure", "", "Listen without TLS; for development only.");
    private static final Flag CERTIFICATE = new Flag("--tls-cert", "FILE", "The server's certificate chain (PEM).");
    private static final Flag KEY = new Flag("--tls-key", "FILE", "The server's private key (PEM).");
    private static final Flag PASSPHRASE = new Flag(
            "--passphrase",
            "TEXT",
            "What clients must present. Others on this machine can see it here; better use the next.");
    private static final Flag PASSPHRASE_FILE = new Flag(
            "--passphrase-file",
            "FILE",
            "A file whose first line is the passphrase. The environment variable " + PASSPHRASE_VARIABLE
                    + " does, too.");

    static final List<Flag> FLAGS = List.of(LISTENER, INSECURE, CERTIFICATE, KEY, PASSPHRASE, PASSPHRASE_FILE);

    private final @Nullable String address;
    private final boolean insecure;
    private final @Nullable Path certificate;
    private final @Nullable Path key;
    private final @Nullable String passphrase;
    private final @Nullable Path passphraseFile;
    private final List<String> warnings = new ArrayList<>();

    ListenerFlags(Words words) {
        address = words.value(LISTENER);
        insecure = words.has(INSECURE);
        certificate = path(words.value(CERTIFICATE));
        key = path(words.value(KEY));
        passphrase = words.value(PASSPHRASE);
        passphraseFile = path(words.value(PASSPHRASE_FILE));
    }

    private static @Nullable Path path(@Nullable String name) {
        return name == null ? null : Path.of(name);
    }

    /** What the flags say. */
    Listener listener(Map<String, String> environment) throws UsageException {
        if (address == null) {
            throw new UsageException(
                    insecure || certificate != null || key != null || passphrase != null || passphraseFile != null
                            ? "--tls-grpc-insecure, --tls-cert, --tls-key and --passphrase require --tls-grpc-listener"
                            : "this version does not register with a controller; to let clients connect directly, add"
                                    + " --tls-grpc-listener [HOST:]PORT and --tls-cert and --tls-key (or --tls-grpc-insecure)");
        }
        if (insecure && (certificate != null || key != null)) {
            throw new UsageException("--tls-grpc-insecure cannot be combined with --tls-cert / --tls-key");
        }
        if (!insecure && (certificate == null || key == null)) {
            throw new UsageException(
                    "--tls-grpc-listener requires either --tls-grpc-insecure or --tls-cert and --tls-key");
        }
        String secret = passphrase(environment);
        Listener listener = new Listener(host(address), port(address), insecure ? null : tls(), secret);
        noteDangers(listener);
        return listener;
    }

    /** What a person should think twice about; complete once the listener was asked for. */
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    private Listener.Tls tls() throws UsageException {
        return new Listener.Tls(
                readable("--tls-cert", Objects.requireNonNull(certificate)),
                readable("--tls-key", Objects.requireNonNull(key)));
    }

    private Path readable(String flag, Path file) throws UsageException {
        if (!Files.exists(file)) {
            throw new UsageException(flag + " " + file + ": no such file");
        }
        if (Files.isDirectory(file)) {
            throw new UsageException(flag + " " + file + ": is a directory");
        }
        if (!Files.isReadable(file)) {
            throw new UsageException(flag + " " + file + ": may not be read (permission denied)");
        }
        return file;
    }

    private void noteDangers(Listener listener) throws UsageException {
        boolean local = isLoopback(listener.host());
        if (insecure && !local) {
            warnings.add(
                    "without TLS everyone on the network can read and change what passes; use --tls-cert and --tls-key");
        }
        if (insecure && listener.passphrase() != null) {
            warnings.add("without TLS the passphrase is transmitted in plaintext");
        }
        if (listener.passphrase() == null && (listener.tls() != null || !local)) {
            warnings.add(
                    "without a passphrase everyone who reaches this port can use the devices; use --passphrase-file");
        }
        if (passphrase != null) {
            warnings.add(
                    "--passphrase shows in the list of processes; use --passphrase-file or " + PASSPHRASE_VARIABLE);
        }
    }

    private boolean isLoopback(String host) throws UsageException {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new UsageException(
                    "--tls-grpc-listener: " + host + " is neither a name nor an address of this machine");
        }
    }

    private static String host(String address) {
        String host =
                address.substring(0, Math.max(0, address.lastIndexOf(':'))).strip();
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return host.isEmpty() ? "0.0.0.0" : bracketed ? host.substring(1, host.length() - 1) : host;
    }

    private int port(String address) throws UsageException {
        String text = address.substring(address.lastIndexOf(':') + 1).strip();
        int port;
        try {
            port = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new UsageException("--tls-grpc-listener: port must be an integer, got '" + text + "'");
        }
        if (port < 1 || port > 65535) {
            throw new UsageException("--tls-grpc-listener: port must be between 1 and 65535, got " + port);
        }
        return port;
    }

    private @Nullable String passphrase(Map<String, String> environment) throws UsageException {
        if (passphrase != null && passphraseFile != null) {
            throw new UsageException("--passphrase and --passphrase-file cannot be combined");
        }
        if (passphraseFile != null) {
            return usable("--passphrase-file " + passphraseFile, firstLine(passphraseFile));
        }
        if (passphrase != null) {
            return usable("--passphrase", passphrase);
        }
        String given = environment.get(PASSPHRASE_VARIABLE);
        return given == null ? null : usable(PASSPHRASE_VARIABLE, given);
    }

    private String firstLine(Path file) throws UsageException {
        try (var lines = Files.lines(readable("--passphrase-file", file))) {
            return lines.findFirst().orElse("");
        } catch (CharacterCodingException | UncheckedIOException e) {
            throw new UsageException("--passphrase-file " + file + ": is not text");
        } catch (IOException e) {
            throw new UsageException("--passphrase-file " + file + ": cannot be read: " + e.getMessage());
        }
    }

    /** Clients send it as a header, which carries printable ASCII only and loses blanks at the ends. */
    private String usable(String where, String secret) throws UsageException {
        if (secret.isEmpty()) {
            throw new UsageException(where + ": the passphrase is empty");
        }
        if (!secret.chars().allMatch(c -> c >= ' ' && c <= '~') || !secret.equals(secret.strip())) {
            throw new UsageException(where
                    + ": a passphrase consists of printable ASCII characters and neither begins nor ends with a blank");
        }
        return secret;
    }
}
