package dev.rigbus.app.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rigbus.client.CallException;
import dev.rigbus.client.DriverNode;
import dev.rigbus.client.ItemStream;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Calls what is typed, a line at a time. */
public final class Prompt {
    /** Text in quotes, JSON in brackets, or what stands between blanks. */
    private static final Pattern WORD = Pattern.compile("\"(?:\\\\.|[^\"\\\\])*\"|\\[.*\\]|\\{.*\\}|\\S+");

    private static final int MOST_ITEMS = 20;

    private final Bench bench;
    private final PrintWriter out;
    private final Runnable exit;

    public Prompt(Bench bench, PrintWriter out, Runnable exit) {
        this.bench = bench;
        this.out = out;
        this.exit = exit;
    }

    /** Reads on a thread of its own; the end of the input leaves the drivers running, for other clients. */
    public void follow(InputStream input) {
        Thread reader = new Thread(() -> read(new BufferedReader(new InputStreamReader(input, UTF_8))), "prompt");
        reader.setDaemon(true);
        reader.start();
    }

    private void read(BufferedReader lines) {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.strip().equals("exit")) {
                    exit.run();
                    return;
                }
                if (!line.isBlank()) {
                    tell(answer(line));
                }
            }
        } catch (IOException e) {
            tell("no more input: " + e.getMessage());
        }
    }

    private void tell(String text) {
        synchronized (out) {
            out.println(text);
            out.flush();
        }
    }

    static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(line);
        while (matcher.find()) {
            words.add(matcher.group());
        }
        return words;
    }

    private String answer(String line) {
        List<String> words = words(line);
        Map<String, DriverNode> drivers = bench.drivers();
        DriverNode driver = drivers.get(words.get(0));
        if (driver != null) {
            words.remove(0);
        } else if (drivers.size() == 1) {
            driver = drivers.values().iterator().next();
        }
        if (driver == null || words.isEmpty()) {
            return "expected: " + (drivers.size() == 1 ? "" : "DRIVER ") + "METHOD [ARGUMENT...], or exit; drivers: "
                    + String.join(", ", drivers.keySet());
        }
        @Nullable Object[] arguments = words.stream().skip(1).map(Prompt::value).toArray();
        return called(driver, words.get(0), arguments);
    }

    private static @Nullable Object value(String word) {
        try {
            return plain(Json.decodeValue(word));
        } catch (DecodeException noJson) {
            return word;
        }
    }

    private static @Nullable Object plain(@Nullable Object value) {
        return value instanceof io.vertx.core.json.JsonArray array
                ? array.getList()
                : value instanceof io.vertx.core.json.JsonObject object ? object.getMap() : value;
    }

    /** On the wire every number is a decimal one. */
    private static String text(@Nullable Object result) {
        return Json.encode(result).replaceAll("(?<=\\d)\\.0(?=[,\\]}]|$)", "");
    }

    private static String called(DriverNode driver, String method, @Nullable Object[] arguments) {
        try {
            return text(driver.call(method, arguments));
        } catch (CallException e) {
            // Only the driver knows which kind of method it is.
            return String.valueOf(e.getMessage()).contains("missing marker")
                    ? items(driver, method, arguments)
                    : String.valueOf(e.getMessage());
        } catch (RuntimeException e) {
            return "no answer: " + e.getMessage();
        }
    }

    private static String items(DriverNode driver, String method, @Nullable Object[] arguments) {
        List<String> all = new ArrayList<>();
        try (ItemStream items = driver.streamingCall(method, arguments)) {
            while (all.size() < MOST_ITEMS && items.hasNext()) {
                all.add(text(items.next()));
            }
            if (all.size() == MOST_ITEMS) {
                all.add("... (and perhaps more)");
            }
        } catch (CallException e) {
            all.add(String.valueOf(e.getMessage()));
        }
        return String.join("\n", all);
    }
}
