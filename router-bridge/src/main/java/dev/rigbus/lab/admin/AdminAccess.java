package dev.rigbus.lab.admin;

import dev.rigbus.grpc.ServerCall;
import io.vertx.core.Future;

/** Tells which administrator makes a call, in the words of the audit such as {@code admin ann}; fails with the status to refuse it with. */
@FunctionalInterface
public interface AdminAccess {
    /** For a socket in a folder that only the administrator can open. */
    AdminAccess LOCAL = call -> Future.succeededFuture("admin (local)");

    Future<String> who(ServerCall call);
}
