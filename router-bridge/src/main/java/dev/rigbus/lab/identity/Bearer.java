package dev.rigbus.lab.identity;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import java.util.List;

/** Takes the token out of {@code authorization}. */
final class Bearer {
    private static final String SCHEME = "Bearer ";

    private Bearer() {}

    static String token(List<String> headers) {
        if (headers.isEmpty()) {
            throw new StatusException(Code.UNAUTHENTICATED, "missing authorization header");
        }
        if (headers.size() > 1) {
            throw new StatusException(Code.INVALID_ARGUMENT, "multiple authorization headers");
        }
        String header = headers.get(0);
        if (header.length() <= SCHEME.length() || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new StatusException(Code.INVALID_ARGUMENT, "malformed authorization header");
        }
        return header.substring(SCHEME.length());
    }
}
