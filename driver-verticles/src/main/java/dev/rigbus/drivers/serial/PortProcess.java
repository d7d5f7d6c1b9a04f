package dev.rigbus.drivers.serial;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;

/** A running {@link PortHost} as the exporter sees it. Its methods block. */
final class PortProcess {
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final List<String> SMALL_JVM = List.of(
            "-Xmx24m",
            "-Xss512k",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-XX:ReservedCodeCacheSize=16m",
            "-XX:-UsePerfData");

    private final Process process;
    private final DataOutputStream requests;
    private final IntConsumer news;
    private final Map<Integer, CompletableFuture<Integer>> waiting = new ConcurrentHashMap<>();
    private volatile boolean ended;
    private volatile int detachedBy;
    private int lastNumber;

    private PortProcess(Process process, int lastNumber, IntConsumer news) {
        this.process = process;
        this.lastNumber = lastNumber;
        this.news = news;
        this.requests = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
    }

    static PortProcess start(IntConsumer news) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command());
        // It needs nothing of the exporter's environment, and least of all its secrets.
        builder.environment().keySet().retainAll(Set.of("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL"));
        return adopt(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start(), 0, news);
    }

    /**
     * Goes on with a process that another instance has {@linkplain #detach let go}.
     *
     * @param lastNumber that of the last request; the ports in there are known by such numbers
     */
    static PortProcess adopt(Process process, int lastNumber, IntConsumer news) {
        PortProcess adopted = new PortProcess(process, lastNumber, news);
        Thread answers = new Thread(adopted::readAnswers, "serial-port-answers");
        answers.setDaemon(true);
        answers.start();
        return adopted;
    }

    /** Has nothing to do with the process from now on, which goes on; gives the number of the last request. */
    int detach() throws IOException {
        // Closes what is not there; its answer is the last one that is read here.
        request(id -> {
            detachedBy = id;
            requests.writeUTF("close");
            requests.writeInt(0);
        });
        return lastNumber;
    }

    Process process() {
        return process;
    }

    private static List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(SMALL_JVM);
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", classPath(), PortHost.class.getName()));
        return command;
    }

    /** Where this class and the library were loaded from; the whole class path where that cannot be told. */
    private static String classPath() {
        Set<String> entries = new LinkedHashSet<>();
        for (String resource :
                List.of("dev/rigbus/drivers/serial/PortHost.class", "com/fazecast/jSerialComm/SerialPort.class")) {
            URL url = PortProcess.class.getClassLoader().getResource(resource);
            String place = url == null ? "" : url.toString();
            if (place.startsWith("jar:file:") && place.endsWith("!/" + resource)) {
                entries.add(file(place.substring("jar:".length(), place.length() - resource.length() - 2)));
            } else if (place.startsWith("file:")) {
                entries.add(file(place.substring(0, place.length() - resource.length())));
            } else {
                return System.getProperty("java.class.path");
            }
        }
        return String.join(File.pathSeparator, entries);
    }

    private static String file(String url) {
        return Path.of(URI.create(url)).toString();
    }

    boolean isAlive() {
        // The system may take a moment longer to say so than its pipes do.
        return !ended && process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** Opens a port; answers its number. The port's bytes wait behind the socket. */
    int open(SerialConfig config, Path socket) throws IOException {
        int[] number = new int[1];
        int errno = request(id -> {
            number[0] = id;
            requests.writeUTF("open");
            requests.writeUTF(config.url());
            requests.writeInt(config.baudrate());
            requests.writeBoolean(config.disableHupcl());
            requests.writeLong(config.reopen().toMillis());
            requests.writeUTF(socket.toString());
        });
        if (errno != 0) {
            Files.deleteIfExists(socket);
            throw PortException.cannotOpen(config.url(), errno);
        }
        return number[0];
    }

    void release(int number) throws IOException {
        request(id -> {
            requests.writeUTF("close");
            requests.writeInt(number);
        });
    }

    void setLine(SerialConfig config, String line, boolean value) throws IOException {
        int errno = request(id -> {
            requests.writeUTF("line");
            requests.writeUTF(config.url());
            requests.writeInt(config.baudrate());
            requests.writeUTF(line);
            requests.writeBoolean(value);
        });
        if (errno == PortFailure.NO_SUCH_FILE) {
            throw PortException.cannotOpen(config.url(), errno);
        }
        if (errno != 0) {
            throw PortException.cannotSet(line.toUpperCase(Locale.ROOT), config.url(), errno);
        }
    }

    private int request(Request request) throws IOException {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        try {
            synchronized (requests) {
                int number = ++lastNumber;
                waiting.put(number, answer);
                requests.writeInt(number);
                request.write(number);
                requests.flush();
            }
            return answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // The library hangs. Its process is all that it may take with it.
            process.destroyForcibly();
            throw new PortException("the serial port did not answer in " + ANSWER.toSeconds() + " s and was given up");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PortException("interrupted");
        } catch (ExecutionException | IOException e) {
            ended = true;
            throw new PortException.Ended();
        }
    }

    private void readAnswers() {
        // The process's own buffer is the only one: what comes after the last answer here is for somebody else.
        DataInputStream answers = new DataInputStream(process.getInputStream());
        try {
            int number = -1;
            while (number != detachedBy || number <= 0) {
                number = answers.readInt();
                int result = answers.readInt();
                CompletableFuture<Integer> waiter = waiting.remove(number);
                if (number == PortHost.NEWS) {
                    news.accept(result);
                } else if (waiter != null) {
                    waiter.complete(result);
                }
            }
        } catch (IOException e) {
            ended = true;
            waiting.values().forEach(waiter -> waiter.completeExceptionally(e));
        }
    }

    /** Lets the process close its ports and end. */
    void close() {
        try {
            process.getOutputStream().close();
            if (process.waitFor(2, TimeUnit.SECONDS)) {
                return;
            }
        } catch (IOException e) {
            // It is gone already, or will be.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }

    /** Writes what a request is about, after its number. */
    @FunctionalInterface
    private interface Request {
        void write(int number) throws IOException;
    }
}
