package dev.rigbus.kernel.grpc;

import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lets in only calls that carry the passphrase (protocol 8.4). */
final class Passphrase {
    private static final String KEY = "x-jumpstarter-passphrase";

    private Passphrase() {}

    static Map<String, CallHandler> guard(Map<String, CallHandler> handlers, String passphrase) {
        byte[] expected = passphrase.getBytes(StandardCharsets.UTF_8);
        Map<String, CallHandler> guarded = new LinkedHashMap<>();
        handlers.forEach((path, handler) -> guarded.put(path, call -> {
            String given = call.metadata(KEY);
            byte[] bytes = given == null ? new byte[0] : given.getBytes(StandardCharsets.UTF_8);
            // Takes as long whatever is wrong with it.
            if (!MessageDigest.isEqual(expected, bytes)) {
                throw new StatusException(Code.UNAUTHENTICATED, "invalid or missing passphrase");
            }
            return handler.start(call);
        }));
        return guarded;
    }
}
