package dev.rigbus.kernel.call;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageCodec;
import java.time.Duration;

/** Hands immutable messages over within a node, without copying them. */
public final class ByReference implements MessageCodec<Object, Object> {
    private static final String NAME = "by-reference";
    /** A call may take as long as it likes; its own deadline or its caller ends it. The bus wants a number all the same. */
    private static final Duration NEVER = Duration.ofDays(365);

    /** For everything that is sent to a driver or an endpoint of this node. */
    public static final DeliveryOptions OPTIONS =
            new DeliveryOptions().setCodecName(NAME).setLocalOnly(true).setSendTimeout(NEVER.toMillis());

    /** Makes the codec known to a bus; once for each Vert.x. */
    public static void register(Vertx vertx) {
        EventBus bus = vertx.eventBus();
        try {
            bus.registerCodec(new ByReference());
        } catch (IllegalStateException alreadyKnown) {
            // Several exporters share one bus.
        }
    }

    @Override
    public void encodeToWire(Buffer buffer, Object message) {
        throw new UnsupportedOperationException(message.getClass() + " does not leave its node");
    }

    @Override
    public Object decodeFromWire(int position, Buffer buffer) {
        throw new UnsupportedOperationException("nothing arrives by reference from another node");
    }

    @Override
    public Object transform(Object message) {
        return message;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
