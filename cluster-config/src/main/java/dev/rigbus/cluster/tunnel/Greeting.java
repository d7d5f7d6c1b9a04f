package dev.rigbus.cluster.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * The first word of a node that another has connected to: its length in two bytes, and the reason why the other is not let in, or nothing.
 * In TLS 1.3 a client has finished before the server has looked at its certificate, so it has to be told.
 */
final class Greeting extends ByteToMessageDecoder {
    private static final int MOST = 1024;

    private final Consumer<String> word;

    /** @param word is told the reason, or an empty text for a welcome */
    Greeting(Consumer<String> word) {
        this.word = word;
    }

    static ByteBuf welcome(ChannelHandlerContext ctx) {
        return refusal(ctx, "");
    }

    static ByteBuf refusal(ChannelHandlerContext ctx, String reason) {
        ByteBuf greeting = ctx.alloc().buffer();
        greeting.writeShort(0);
        ByteBufUtil.writeUtf8(greeting, reason.substring(0, Math.min(reason.length(), MOST / 4)));
        return greeting.setShort(0, greeting.readableBytes() - Short.BYTES);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (in.readableBytes() < Short.BYTES) {
            return;
        }
        int length = in.getUnsignedShort(in.readerIndex());
        if (length > MOST) {
            ctx.close();
        } else if (in.readableBytes() >= Short.BYTES + length) {
            in.skipBytes(Short.BYTES);
            String text = in.readCharSequence(length, StandardCharsets.UTF_8).toString();
            // What follows is for those who take the connection over.
            ctx.pipeline().remove(this);
            word.accept(text);
        }
    }
}
