package dev.rigbus.app.j;

import dev.rigbus.client.DriverNode;
import dev.rigbus.client.ItemStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** A driver that nobody here knows: its methods by their names. */
@Command(description = "A driver without a client of its own here")
final class GenericCommands extends GroupCommands {
    private final DriverNode node;
    private final Io io;

    GenericCommands(DriverNode node, Io io) {
        this.node = node;
        this.io = io;
    }

    @Command(description = "Call a method; what looks like JSON is passed as such, all else as text")
    void call(
            @Parameters(index = "0", paramLabel = "METHOD") String method,
            @Parameters(index = "1..*", paramLabel = "ARG") @Nullable List<String> arguments) {
        Object result = node.call(method, Json.arguments(arguments));
        if (result != null) {
            io.out().println(Json.pretty(result));
        }
    }

    @Command(description = "Call a method that has any number of results, a line each")
    void stream(
            @Parameters(index = "0", paramLabel = "METHOD") String method,
            @Parameters(index = "1..*", paramLabel = "ARG") @Nullable List<String> arguments) {
        try (ItemStream items = node.streamingCall(method, Json.arguments(arguments))) {
            items.forEachRemaining(item -> io.out().println(Json.plain(item)));
        }
    }
}
