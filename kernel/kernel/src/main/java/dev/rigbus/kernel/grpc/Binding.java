package dev.rigbus.kernel.grpc;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;

/** A listener that comes up, or says why not. */
final class Binding {
    private Binding() {}

    /** @param where names the address in the text of a failure */
    static Future<Channel> of(ChannelFuture binding, String where) {
        Promise<Channel> bound = Promise.promise();
        binding.addListener(done -> {
            if (done.isSuccess()) {
                bound.complete(binding.channel());
            } else {
                bound.fail(new IOException(reason(done.cause(), where), done.cause()));
            }
        });
        return bound.future();
    }

    private static String reason(Throwable cause, String where) {
        return String.valueOf(cause.getMessage()).contains("in use")
                ? where + " is in use by another process; stop it or choose another port"
                : "cannot listen on " + where + ": " + cause.getMessage();
    }
}
