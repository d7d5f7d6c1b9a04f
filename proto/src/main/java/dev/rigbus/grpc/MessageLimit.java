package dev.rigbus.grpc;

/**
 * How large a message one end of a connection takes.
 *
 * @param server whether that end is the server, which the text of gRPC's own says
 */
record MessageLimit(boolean server, int bytes) {
    StatusException exceededBy(long length) {
        return new StatusException(
                Code.RESOURCE_EXHAUSTED,
                (server ? "SERVER" : "CLIENT") + ": Received message larger than max (" + length + " vs. " + bytes
                        + ")");
    }
}
