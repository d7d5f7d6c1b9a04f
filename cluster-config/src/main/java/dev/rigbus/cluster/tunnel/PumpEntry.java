package dev.rigbus.cluster.tunnel;

import dev.rigbus.kernel.pump.NodeLinks.Acceptor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The beginning of a stream that another node opens: for whom it is, and what that node says first. */
final class PumpEntry extends ByteToMessageDecoder {
    private static final Logger log = LoggerFactory.getLogger(PumpEntry.class);
    static final int MOST = 16 * 1024;

    private final String node;
    private final Map<String, Acceptor> acceptors;

    PumpEntry(String node, Map<String, Acceptor> acceptors) {
        this.node = node;
        this.acceptors = acceptors;
    }

    static ByteBuf header(ChannelHandlerContext ctx, String service, byte[] header) {
        byte[] name = service.getBytes(StandardCharsets.UTF_8);
        return ctx.alloc()
                .buffer(2 * Short.BYTES + name.length + header.length)
                .writeShort(name.length)
                .writeShort(header.length)
                .writeBytes(name)
                .writeBytes(header);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (in.readableBytes() < 2 * Short.BYTES) {
            return;
        }
        int name = in.getUnsignedShort(in.readerIndex());
        int header = in.getUnsignedShort(in.readerIndex() + Short.BYTES);
        if (name > MOST || header > MOST) {
            ctx.close();
            return;
        }
        if (in.readableBytes() < 2 * Short.BYTES + name + header) {
            return;
        }
        in.skipBytes(2 * Short.BYTES);
        String service = in.readCharSequence(name, StandardCharsets.UTF_8).toString();
        byte[] first = ByteBufUtil.getBytes(in.readSlice(header));
        Acceptor acceptor = acceptors.get(service);
        if (acceptor == null) {
            log.warn("node {} opens a stream to {}, which is not here", node, service);
            ctx.close();
            return;
        }
        LinkStream stream = LinkStream.on(ctx.channel());
        ctx.pipeline().remove(this);
        acceptor.accept(node, first, stream);
    }
}
