package dev.rigbus.drivers.process;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program in a session of its own, so that it and whatever it starts can be ended together. A program that makes
 * itself
 * yet another session leaves the group; that is the one way out.
 */
public final class ProcessGroup {
    /** How long a group may take to clean up after it was asked to end. */
    public static final Duration GRACE = Duration.ofSeconds(5);

    private static final Duration GLANCE = Duration.ofMillis(50);

    private final Process leader;

    private ProcessGroup(Process leader) {
        this.leader = leader;
    }

    /** Starts the builder's command as the leader of a group. Blocks only as long as starting a program takes. */
    public static ProcessGroup start(ProcessBuilder builder) throws IOException {
        List<String> command = new ArrayList<>(List.of("setsid", "--"));
        command.addAll(builder.command());
        // setsid replaces itself with the command here, since a child of this process never leads a group: one pid for
        // all three.
        return new ProcessGroup(builder.command(command).start());
    }

    public Process leader() {
        return leader;
    }

    /** Asks the group to end, waits for it, and kills what is left after the grace. Blocks. */
    public void end() {
        boolean interrupted = Thread.interrupted();
        try {
            if (signal("TERM")) {
                interrupted |= awaitEmpty();
            }
            kill();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Kills the group and its leader at once; the output they left stays readable. */
    public void kill() {
        signal("KILL");
        leader.toHandle().destroyForcibly();
    }

    /**
     * Waits until no process of the group is left or the grace is over; answers whether it was interrupted meanwhile.
     */
    private boolean awaitEmpty() {
        boolean interrupted = false;
        long deadline = System.nanoTime() + GRACE.toNanos();
        while (System.nanoTime() < deadline && signal("0")) {
            try {
                TimeUnit.NANOSECONDS.sleep(GLANCE.toNanos());
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }

    /** Sends a signal to every process of the group; answers whether there is one. */
    private boolean signal(String name) {
        // The kill of the shell is there on every system, the program of the same name is not.
        String group = "kill -s \"$1\" -- \"-$2\" 2>/dev/null";
        // A leader that has not come to lead a group yet gets the signal itself. One that has ended may not: its pid is
        // free again.
        String script = leader.isAlive() ? group + " || kill -s \"$1\" \"$2\" 2>/dev/null" : group;
        try {
            Process kill =
                    new ProcessBuilder("/bin/sh", "-c", script, "kill", name, Long.toString(leader.pid())).start();
            kill.getOutputStream().close();
            return awaitExit(kill) == 0;
        } catch (IOException e) {
            leader.toHandle().destroyForcibly();
            return false;
        }
    }

    private static int awaitExit(Process process) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.waitFor();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
