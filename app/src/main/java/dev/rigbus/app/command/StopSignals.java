package dev.rigbus.app.command;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** The signals that ask the process to end. A shutdown hook would not do: with it the exit code is not ours, and a second signal is lost. */
final class StopSignals {
    private static final int KILLED = 128;

    private final CompletableFuture<String> first = new CompletableFuture<>();

    private StopSignals() {}

    static StopSignals install() {
        StopSignals signals = new StopSignals();
        for (String name : List.of("INT", "TERM", "HUP")) {
            Signal signal = new Signal(name);
            SignalHandler before = Signal.handle(signal, signals::on);
            if (SignalHandler.SIG_IGN.equals(before)) {
                Signal.handle(signal, before); // nohup, or a job in the background of a script
            }
        }
        return signals;
    }

    /** Asks this process to end, as the system would. */
    static void raise() {
        Signal.raise(new Signal("TERM"));
    }

    /** Completes with the name of the first signal. */
    CompletableFuture<String> first() {
        return first;
    }

    private void on(Signal signal) {
        if (!first.complete("SIG" + signal.getName())) {
            Runtime.getRuntime().halt(KILLED + signal.getNumber());
        }
    }
}
