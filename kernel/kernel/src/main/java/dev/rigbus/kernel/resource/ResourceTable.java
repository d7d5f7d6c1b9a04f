package dev.rigbus.kernel.resource;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import dev.rigbus.driver.Resource;
import dev.rigbus.kernel.call.DriverMessage.Ticket;
import dev.rigbus.kernel.call.Pickups;
import dev.rigbus.kernel.pump.RawStreams;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The client streams that are open for one driver and wait for the call that names them. Belongs to the driver's event loop. */
public final class ResourceTable {
    private static final long BROKEN_SECONDS = 10;

    private final EventLoop loop;
    private final Map<UUID, ResourcePipe> waiting = new HashMap<>();

    public ResourceTable(EventLoop loop) {
        this.loop = loop;
    }

    /** A resource in use by a call. */
    public interface OpenResource extends Resource {
        /** The call is over. */
        void finish(boolean succeeded);
    }

    /** Makes room for a client's stream under a new id. */
    public Ticket open(Pickups pickups, @Nullable String encoding) {
        UUID uuid = UUID.randomUUID();
        // A call that comes after its client's stream has broken is told so, rather than that there never was one.
        ResourcePipe pipe = new ResourcePipe(
                loop, () -> loop.schedule(() -> waiting.remove(uuid), BROKEN_SECONDS, TimeUnit.SECONDS));
        waiting.put(uuid, pipe);
        UUID pickup = pickups.leave(wanted -> RawStreams.on(pipe, wanted), loop, pipe::close);
        return new Ticket(pickup, uuid);
    }

    /**
     * The resource that an argument names; a client's stream is good for one call.
     *
     * @throws IllegalArgumentException if the argument is no handle
     * @throws DriverException if there is no such stream
     */
    public OpenResource take(@Nullable Object argument) {
        ResourceHandle handle = ResourceHandle.read(argument);
        if (handle instanceof ResourceHandle.Presigned presigned) {
            return new PresignedUse(new PresignedResource(presigned));
        }
        ResourceHandle.ClientStream stream = (ResourceHandle.ClientStream) handle;
        ResourcePipe pipe = waiting.remove(stream.uuid());
        if (pipe == null) {
            throw new DriverException(Reason.UNKNOWN, "UUID('" + stream.uuid() + "')");
        }
        try {
            return new StreamUse(pipe, stream.contentEncoding());
        } catch (RuntimeException e) {
            pipe.finish();
            throw e;
        }
    }

    /** Ends all streams that wait. */
    public void close() {
        List.copyOf(waiting.values()).forEach(ResourcePipe::finish);
        waiting.clear();
    }
}
