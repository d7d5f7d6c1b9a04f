package dev.rigbus.app.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;
import org.slf4j.Logger;

/** Sets the log up in code: reading an XML file for it takes longer than all else that happens before the first line. */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_TOP_PRIORITY)
public final class LogConfigurator extends ContextAwareBase implements Configurator {
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        LineAppender appender = new LineAppender(System.err, new LineFormat(coloured()));
        appender.setContext(context);
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
        for (String chatty : List.of("io.netty", "com.hazelcast", "org.flywaydb", "com.zaxxer")) {
            context.getLogger(chatty).setLevel(Level.WARN);
        }
        // Access to the JDK's own classes, which the lab does without, and a detector that is off as configured.
        for (String complaint : List.of("instance.impl.HazelcastInstanceFactory", "spi.impl.operationexecutor")) {
            context.getLogger("com.hazelcast." + complaint).setLevel(Level.ERROR);
        }
        // Why it did not start it shows with all its steps; whoever starts it says so in words.
        context.getLogger("io.vertx.core.impl.VertxImpl").setLevel(Level.OFF);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static boolean coloured() {
        return System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM")) && Terminal.isErrorOutput();
    }
}
