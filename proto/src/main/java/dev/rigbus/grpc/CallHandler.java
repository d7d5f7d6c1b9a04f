package dev.rigbus.grpc;

/** Serves the calls of one method. */
@FunctionalInterface
public interface CallHandler {
    /** Takes a call whose headers have arrived; what follows is told to the listener. A {@link StatusException} refuses the call. */
    CallListener start(ServerCall call);
}
