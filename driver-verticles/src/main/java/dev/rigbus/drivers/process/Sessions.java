package dev.rigbus.drivers.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Sessions of the system: a leader and whatever it started, in whichever process group, that did not leave for another
 * session.
 */
public final class Sessions {
    private static final Path PROC = Path.of("/proc");
    private static final int MOST_ROUNDS = 10;
    // Of the fields behind the name in /proc/PID/stat: state, parent, group, session.
    private static final int STATE = 0;
    private static final int SESSION = 3;

    private Sessions() {}

    /** Kills every process of a session; again, as long as one that is being killed may have started another. */
    public static void kill(long leader) {
        List<ProcessHandle> left = members(leader);
        for (int round = 0; round < MOST_ROUNDS && !left.isEmpty(); round++) {
            left.forEach(ProcessHandle::destroyForcibly);
            left = members(leader);
        }
    }

    /** The processes of a session that still run. */
    public static List<ProcessHandle> members(long leader) {
        List<ProcessHandle> members = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (isMember(process, leader)) {
                    ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
                            .ifPresent(members::add);
                }
            }
        } catch (IOException e) {
            // A system without /proc: the leader and its children are what can be found.
            ProcessHandle.of(leader).ifPresent(handle -> {
                members.add(handle);
                handle.descendants().forEach(members::add);
            });
        }
        return members;
    }

    private static boolean isMember(Path process, long leader) {
        try {
            String stat = Files.readString(process.resolve("stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return !fields[STATE].equals("Z") && Long.parseLong(fields[SESSION]) == leader;
        } catch (IOException e) {
            // It has ended meanwhile.
            return false;
        }
    }
}
