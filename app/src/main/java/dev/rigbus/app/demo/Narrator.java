package dev.rigbus.app.demo;

import java.io.PrintWriter;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Tells people what happens: in colours and with moving bars on a terminal, in plain lines elsewhere. */
public final class Narrator {
    private static final String BOLD = "\u001b[1m";
    private static final String DIM = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";
    private static final long MIB = 1 << 20;

    private final PrintWriter out;
    private final boolean terminal;
    private final boolean colours;
    private final StringBuilder line = new StringBuilder();
    private int steps;

    public Narrator(PrintWriter out, boolean terminal, boolean colours) {
        this.out = out;
        this.terminal = terminal;
        this.colours = colours;
    }

    public void title(String text) {
        out.println(styled(BOLD, text));
    }

    /** Begins the next step. */
    public void step(String text) {
        out.println();
        out.println(styled(BOLD, ++steps + ". " + text));
    }

    public void say(String text) {
        out.println("   " + text);
    }

    /** What a person would type. */
    public void command(String text) {
        out.println("     " + styled(BOLD, text));
    }

    /** What a console shows, as it comes. */
    void console(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                endLine();
            } else if (c != '\r') {
                line.append(c);
            }
        }
    }

    /** Shows also what the console has not ended with a line yet, such as a prompt. */
    void endConsole() {
        if (!line.isEmpty()) {
            endLine();
        }
    }

    private void endLine() {
        out.println(styled(DIM, "   | " + line));
        line.setLength(0);
    }

    /** Shows how far a transfer is; to be closed. */
    Progress progress(String task, long bytes) {
        if (!terminal) {
            return new Progress(sent -> {}, () -> {});
        }
        out.flush();
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("   " + task)
                .setInitialMax(bytes)
                .setUnit(" MiB", MIB)
                .setStyle(colours ? ProgressBarStyle.COLORFUL_UNICODE_BLOCK : ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(50)
                .build();
        return new Progress(bar::stepTo, bar::close);
    }

    private String styled(String style, String text) {
        return colours ? style + text + PLAIN : text;
    }

    /** How far something is. */
    record Progress(LongConsumer sent, Runnable end) implements AutoCloseable {
        @Override
        public void close() {
            end.run();
        }
    }
}
