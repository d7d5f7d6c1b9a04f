package dev.rigbus.grpc;

import java.util.Map;

/** What a call tells the client that makes it. */
public interface ClientListener extends CallListener {
    /** The server's initial metadata, before the first message. */
    default void headers(Map<String, String> metadata) {}

    /** How the call ended; called once, just before {@link #closed()}. */
    void finished(Status status);
}
