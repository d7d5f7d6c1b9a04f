package dev.rigbus.drivers.board;

import com.pty4j.PtyProcess;
import com.pty4j.PtyProcessBuilder;
import com.pty4j.unix.UnixPtyProcess;
import dev.rigbus.drivers.process.Sessions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that runs as a board's firmware, in a session of its own whose terminal is the console. */
final class Firmware {
    private static final int CHUNK_BYTES = 8192;
    private static final Duration HANG_UP = Duration.ofMillis(200);
    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};
    private static final byte[] SCRIPT = {'#', '!'};

    private final PtyProcess process;
    private final Console console;
    private volatile boolean stopped;

    private Firmware(PtyProcess process, Console console) {
        this.process = process;
        this.console = console;
    }

    /** True for what the system can run: a program, or a script that names its interpreter. */
    static boolean isBootable(Path image) throws IOException {
        try (InputStream in = Files.newInputStream(image)) {
            byte[] head = in.readNBytes(ELF.length);
            return Arrays.equals(head, ELF)
                    || (head.length >= SCRIPT.length && Arrays.equals(Arrays.copyOf(head, SCRIPT.length), SCRIPT));
        }
    }

    static Firmware start(Path image, String board, Console console) throws IOException {
        PtyProcess process = new PtyProcessBuilder(new String[] {image.toString()})
                .setEnvironment(environment(image, board))
                .setDirectory(String.valueOf(image.getParent()))
                .setInitialColumns(80)
                .setInitialRows(24)
                .start();
        Firmware firmware = new Firmware(process, console);
        Thread pump = new Thread(firmware::pump, "firmware-of-" + board);
        pump.setDaemon(true);
        pump.start();
        return firmware;
    }

    /** All that a firmware gets to know; nothing of the exporter's own environment. */
    private static Map<String, String> environment(Path image, String board) {
        return Map.of(
                "PATH", "/usr/local/bin:/usr/bin:/bin",
                "TERM", "vt100",
                "LANG", "C.UTF-8",
                "HOME", String.valueOf(image.getParent()),
                "BOARD", board);
    }

    private void pump() {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream in = process.getInputStream()) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                print(Arrays.copyOf(chunk, n));
            }
        } catch (IOException e) {
            // The terminal is gone, and so is the firmware.
        }
        ended();
    }

    private synchronized void print(byte[] bytes) {
        if (!stopped) {
            console.print(bytes);
        }
    }

    private void ended() {
        try {
            int code = process.waitFor();
            synchronized (this) {
                if (!stopped) {
                    console.say("firmware ended with code " + code + "; system halted");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is typed on the console. Waits where the firmware does not read. */
    void type(byte[] bytes, int offset, int length) throws IOException {
        OutputStream terminal = process.getOutputStream();
        terminal.write(bytes, offset, length);
        terminal.flush();
    }

    /** The processor time that the firmware and all that it started have used. */
    Duration processorTime() {
        return Sessions.members(process.pid()).stream()
                .map(member -> member.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    long pid() {
        return process.pid();
    }

    /** Cuts the power: nothing is printed any more, and no process of the firmware is left. Blocks. */
    void stop() {
        synchronized (this) {
            stopped = true;
        }
        // Asked first, with the signal of a terminal that is gone: what holds files open may close them.
        if (process instanceof UnixPtyProcess terminal) {
            terminal.hangup();
        } else {
            process.destroy();
        }
        try {
            process.waitFor(HANG_UP.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Sessions.kill(process.pid());
        process.destroyForcibly();
    }
}
