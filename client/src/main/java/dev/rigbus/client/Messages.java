package dev.rigbus.client;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;

/** Bytes from the wire as the messages that they are. */
final class Messages {
    private Messages() {}

    static <T> T parse(Parser<T> parser, byte[] bytes) {
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new StatusException(
                    Code.INTERNAL, "the exporter sent what is no message of the protocol: " + e.getMessage());
        }
    }
}
