package dev.rigbus.drivers.serial;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The main class of the process that holds a driver's ports. It takes requests from its standard input and answers
 * on its
 * standard output; the bytes of each port go through a socket of their own. It ends when its input ends, so it never
 * outlives
 * the exporter.
 *
 * <p>A request is a number and a verb with what it needs: {@code open path baudrate disableHupcl reopenMillis socket},
 * {@code close number}, {@code line path baudrate name value}. The answer is the number and an errno, 0 for success.
 * An answer to
 * number 0 belongs to no request: 1 says that a port vanished, 2 that it returned.
 */
final class PortHost {
    static final int NEWS = 0;
    static final int VANISHED = 1;
    static final int RETURNED = 2;

    private final Map<Integer, HostedPort> ports = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final DataOutputStream answers;

    private PortHost(DataOutputStream answers) {
        this.answers = answers;
    }

    public static void main(String[] arguments) {
        DataOutputStream answers = new DataOutputStream(new BufferedOutputStream(System.out));
        System.setOut(System.err);
        try {
            new PortHost(answers).serve(System.in);
        } finally {
            // No port may keep this process: the library's threads and locks end with it.
            Runtime.getRuntime().halt(0);
        }
    }

    private void serve(InputStream input) {
        DataInputStream requests = new DataInputStream(new BufferedInputStream(input));
        try {
            while (true) {
                int number = requests.readInt();
                Task task = read(number, requests);
                threads.execute(() -> answer(number, task));
            }
        } catch (EOFException e) {
            ports.values().forEach(HostedPort::close);
        } catch (IOException e) {
            System.err.println("serial ports: " + e.getMessage());
        }
    }

    private Task read(int number, DataInputStream in) throws IOException {
        String verb = in.readUTF();
        return switch (verb) {
            case "open" -> {
                String path = in.readUTF();
                int baudrate = in.readInt();
                boolean disableHupcl = in.readBoolean();
                long reopenMillis = in.readLong();
                Path socket = Path.of(in.readUTF());
                yield () -> {
                    HostedPort port =
                            new HostedPort(path, baudrate, disableHupcl, reopenMillis, news -> send(NEWS, news));
                    port.open(socket, threads);
                    ports.put(number, port);
                };
            }
            case "close" -> {
                int which = in.readInt();
                yield () -> close(which);
            }
            case "line" -> {
                String path = in.readUTF();
                int baudrate = in.readInt();
                String line = in.readUTF();
                boolean value = in.readBoolean();
                yield () -> setLine(path, baudrate, line, value);
            }
            default -> throw new IOException("unknown request " + verb);
        };
    }

    private void close(int which) {
        HostedPort port = ports.remove(which);
        if (port != null) {
            port.close();
        }
    }

    private void setLine(String path, int baudrate, String line, boolean value) throws PortFailure {
        for (HostedPort open : ports.values()) {
            if (open.isAt(path)) {
                open.set(line, value);
                return;
            }
        }
        NativePort port = NativePort.open(path, baudrate, false);
        try {
            port.set(line, value);
        } finally {
            port.close();
        }
    }

    private void answer(int number, Task task) {
        try {
            task.run();
            send(number, 0);
        } catch (PortFailure e) {
            send(number, e.errno());
        } catch (IOException e) {
            System.err.println("serial ports: " + e.getMessage());
            send(number, -1);
        }
    }

    private void send(int number, int result) {
        synchronized (answers) {
            try {
                answers.writeInt(number);
                answers.writeInt(result);
                answers.flush();
            } catch (IOException e) {
                // Nobody listens any more: the exporter is gone, and the end of the input says so as well.
                Runtime.getRuntime().halt(1);
            }
        }
    }

    /** What a request asks for. */
    @FunctionalInterface
    private interface Task {
        void run() throws PortFailure, IOException;
    }
}
