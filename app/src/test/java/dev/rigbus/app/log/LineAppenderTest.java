package dev.rigbus.app.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LineAppenderTest {
    private final LoggerContext context = new LoggerContext();

    @Test
    void aLineShowsLevelNameTextAndKeys() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LineAppender appender = appender(out, false);
        logger(appender)
                .atWarn()
                .addKeyValue("port", 8082)
                .addKeyValue("host", "::")
                .log("listening on {}", "all");
        appender.stop();
        assertThat(out.toString(UTF_8))
                .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN  Session: listening on all port=8082 host=::\n");
    }

    @Test
    void whatABoardPrintsCanNeitherMoveTheCursorNorForgeALine() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LineAppender appender = appender(out, true);
        logger(appender).info("a\u001b[2Jb\r\nERROR c");
        appender.stop();
        assertThat(out.toString(UTF_8)).endsWith("Session: a\\x1b[2Jb\\x0d\n    ERROR c\n");
    }

    @Test
    void whoLogsNeverWaitsForTheReaderAndTheLossIsCounted() {
        CountDownLatch readerWakes = new CountDownLatch(1);
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        LineAppender appender = appender(
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        await(readerWakes);
                        seen.write(b);
                    }
                },
                false);
        Logger logger = logger(appender);
        int written = 3 * LineAppender.MOST_WAITING;
        for (int i = 0; i < written; i++) {
            logger.info("line"); // would hang here if it waited
        }
        readerWakes.countDown();
        appender.stop();
        String text = seen.toString(UTF_8);
        long kept = text.lines().filter(line -> line.endsWith("Session: line")).count();
        long lost = text.lines()
                .filter(line -> line.endsWith(" log lines dropped here"))
                .mapToLong(line -> Long.parseLong(line.split(" ")[1]))
                .sum();
        assertThat(lost).isPositive();
        assertThat(kept + lost).isEqualTo(written);
    }

    private LineAppender appender(OutputStream out, boolean coloured) {
        LineAppender appender = new LineAppender(new PrintStream(out, false, UTF_8), new LineFormat(coloured));
        appender.setContext(context);
        appender.start();
        return appender;
    }

    private Logger logger(LineAppender appender) {
        Logger logger = context.getLogger("dev.rigbus.kernel.Session");
        logger.addAppender(appender);
        return logger;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
