package dev.rigbus.kernel.grpc;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** Lets in only calls that carry the passphrase (protocol 8.4). */
final class Passphrase {
    private static final String KEY = "x-jumpstarter-passphrase";

    private Passphrase() {}

    static Served guard(Served served, String passphrase) {
        byte[] expected = passphrase.getBytes(StandardCharsets.UTF_8);
        return served.guarded(handler -> call -> {
            String given = call.metadata(KEY);
            byte[] bytes = given == null ? new byte[0] : given.getBytes(StandardCharsets.UTF_8);
            // Takes as long whatever is wrong with it.
            if (!MessageDigest.isEqual(expected, bytes)) {
                throw new StatusException(Code.UNAUTHENTICATED, "invalid or missing passphrase");
            }
            return handler.start(call);
        });
    }
}
