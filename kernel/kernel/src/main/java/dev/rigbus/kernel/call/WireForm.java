package dev.rigbus.kernel.call;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Value;
import dev.rigbus.kernel.call.DriverMessage.Afar;
import dev.rigbus.kernel.call.DriverMessage.Call;
import dev.rigbus.kernel.call.DriverMessage.Cancel;
import dev.rigbus.kernel.call.DriverMessage.Credit;
import dev.rigbus.kernel.call.DriverMessage.Expire;
import dev.rigbus.kernel.call.DriverMessage.Failure;
import dev.rigbus.kernel.call.DriverMessage.Id;
import dev.rigbus.kernel.call.DriverMessage.Items;
import dev.rigbus.kernel.call.DriverMessage.Logged;
import dev.rigbus.kernel.call.DriverMessage.OpenItems;
import dev.rigbus.kernel.call.DriverMessage.OpenResource;
import dev.rigbus.kernel.call.DriverMessage.OpenStream;
import dev.rigbus.kernel.call.DriverMessage.Reset;
import dev.rigbus.kernel.call.DriverMessage.Ticket;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The messages of the driver protocol as they go from node to node: a byte that tells the kind, then the fields in their order. Numbers are
 * big-endian, texts are UTF-8 after their length, values are protobuf after their length. All nodes of a lab speak the same.
 */
public final class WireForm {
    private static final byte VALUE = 1;
    private static final byte ITEMS = 2;
    private static final byte TICKET = 3;
    private static final byte CALL = 4;
    private static final byte OPEN_ITEMS = 5;
    private static final byte CREDIT = 6;
    private static final byte CANCEL = 7;
    private static final byte OPEN_STREAM = 8;
    private static final byte OPEN_RESOURCE = 9;
    private static final byte RESET = 10;
    private static final byte EXPIRE = 11;
    private static final byte AFAR = 12;
    private static final byte FAILURE = 13;
    private static final byte LOGGED = 14;

    private WireForm() {}

    /** @throws IllegalArgumentException for what is no message */
    public static void write(Object message, Buffer out) {
        if (message instanceof Value value) {
            out.appendByte(VALUE);
            value(value, out);
        } else if (message instanceof Items items) {
            out.appendByte(ITEMS);
            items(items, out);
        } else if (message instanceof Ticket ticket) {
            out.appendByte(TICKET);
            uuid(ticket.pickup(), out);
            flag(ticket.resource() != null, out);
            if (ticket.resource() != null) {
                uuid(ticket.resource(), out);
            }
        } else if (message instanceof Afar afar) {
            out.appendByte(AFAR);
            uuid(afar.driver(), out);
            write(afar.message(), out);
        } else if (message instanceof Failure failure) {
            out.appendByte(FAILURE);
            failure(failure, out);
        } else if (message instanceof Logged line) {
            out.appendByte(LOGGED).appendLong(line.time());
            text(line.severity(), out);
            text(line.text(), out);
            text(line.source(), out);
        } else if (message instanceof DriverMessage asked) {
            asked(asked, out);
        } else {
            throw new IllegalArgumentException(message.getClass() + " has no wire form");
        }
    }

    private static void asked(DriverMessage message, Buffer out) {
        if (message instanceof Call call) {
            out.appendByte(CALL);
            id(call.id(), out);
            out.appendLong(call.fence());
            text(call.method(), out);
            values(call.args(), out);
        } else if (message instanceof OpenItems open) {
            out.appendByte(OPEN_ITEMS);
            id(open.id(), out);
            out.appendLong(open.fence());
            text(open.method(), out);
            values(open.args(), out);
            out.appendInt(open.credit());
        } else if (message instanceof Credit credit) {
            out.appendByte(CREDIT);
            id(credit.id(), out);
            out.appendInt(credit.items());
        } else if (message instanceof Cancel cancel) {
            out.appendByte(CANCEL);
            id(cancel.id(), out);
        } else if (message instanceof OpenStream open) {
            out.appendByte(OPEN_STREAM).appendLong(open.fence());
            text(open.method(), out);
        } else if (message instanceof OpenResource open) {
            out.appendByte(OPEN_RESOURCE).appendLong(open.fence());
            flag(open.encoding() != null, out);
            if (open.encoding() != null) {
                text(open.encoding(), out);
            }
        } else if (message instanceof Reset reset) {
            out.appendByte(RESET).appendLong(reset.fence());
        } else if (message instanceof Expire expire) {
            out.appendByte(EXPIRE);
            text(expire.why(), out);
        }
    }

    private static void items(Items items, Buffer out) {
        id(items.id(), out);
        out.appendInt(items.sequence());
        values(items.items(), out);
        flag(items.end(), out);
        Failure failure = items.failure();
        flag(failure != null, out);
        if (failure != null) {
            failure(failure, out);
        }
    }

    private static void failure(Failure failure, Buffer out) {
        out.appendInt(failure.code());
        text(failure.text(), out);
    }

    private static void id(Id id, Buffer out) {
        text(id.endpoint(), out);
        out.appendLong(id.number());
    }

    private static void uuid(UUID uuid, Buffer out) {
        out.appendLong(uuid.getMostSignificantBits()).appendLong(uuid.getLeastSignificantBits());
    }

    private static void flag(boolean flag, Buffer out) {
        out.appendByte((byte) (flag ? 1 : 0));
    }

    private static void text(String text, Buffer out) {
        bytes(text.getBytes(UTF_8), out);
    }

    private static void values(List<Value> values, Buffer out) {
        out.appendInt(values.size());
        values.forEach(each -> value(each, out));
    }

    private static void value(Value value, Buffer out) {
        bytes(value.toByteArray(), out);
    }

    private static void bytes(byte[] bytes, Buffer out) {
        out.appendInt(bytes.length).appendBytes(bytes);
    }

    /** @throws IllegalArgumentException if it is nothing that {@link #write} has written */
    public static Object read(Buffer from, int position) {
        try {
            return new Reader(from, position).any();
        } catch (IndexOutOfBoundsException | InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("a message from another node cannot be read", e);
        }
    }

    private static final class Reader {
        private final Buffer in;
        private int at;

        Reader(Buffer in, int position) {
            this.in = in;
            this.at = position;
        }

        Object any() throws InvalidProtocolBufferException {
            byte kind = in.getByte(at++);
            return switch (kind) {
                case VALUE -> value();
                case ITEMS -> new Items(id(), integer(), values(), flag(), flag() ? failure() : null);
                case TICKET -> new Ticket(uuid(), flag() ? uuid() : null);
                case AFAR -> new Afar(uuid(), (DriverMessage) any());
                case FAILURE -> failure();
                case LOGGED -> new Logged(number(), text(), text(), text());
                default -> asked(kind);
            };
        }

        private DriverMessage asked(byte kind) throws InvalidProtocolBufferException {
            return switch (kind) {
                case CALL -> new Call(id(), number(), text(), values());
                case OPEN_ITEMS -> new OpenItems(id(), number(), text(), values(), integer());
                case CREDIT -> new Credit(id(), integer());
                case CANCEL -> new Cancel(id());
                case OPEN_STREAM -> new OpenStream(number(), text());
                case OPEN_RESOURCE -> new OpenResource(number(), flag() ? text() : null);
                case RESET -> new Reset(number());
                case EXPIRE -> new Expire(text());
                default ->
                    throw new IllegalArgumentException("a message of an unknown kind from another node: " + kind);
            };
        }

        private Id id() {
            return new Id(text(), number());
        }

        private Failure failure() {
            return new Failure(integer(), text());
        }

        private UUID uuid() {
            return new UUID(number(), number());
        }

        private boolean flag() {
            return in.getByte(at++) != 0;
        }

        private int integer() {
            int value = in.getInt(at);
            at += Integer.BYTES;
            return value;
        }

        private long number() {
            long value = in.getLong(at);
            at += Long.BYTES;
            return value;
        }

        private String text() {
            return new String(bytes(), UTF_8);
        }

        private List<Value> values() throws InvalidProtocolBufferException {
            int count = integer();
            List<Value> values = new ArrayList<>(Math.min(count, 1024));
            for (int i = 0; i < count; i++) {
                values.add(value());
            }
            return values;
        }

        private Value value() throws InvalidProtocolBufferException {
            return Value.parseFrom(bytes());
        }

        private byte[] bytes() {
            int length = integer();
            byte[] bytes = in.getBytes(at, at + length);
            at += length;
            return bytes;
        }
    }
}
