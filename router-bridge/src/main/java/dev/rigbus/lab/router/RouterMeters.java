package dev.rigbus.lab.router;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.util.concurrent.atomic.LongAdder;

/** The router's figures, under the names that they are published by. */
public final class RouterMeters implements RouterMeter {
    static final String BYTES = "rigbus.stream.bytes";
    static final String OPEN = "rigbus.pump.open";
    static final String WAITING = "rigbus.pump.waiting";
    static final String REFUSED = "rigbus.pump.refused";

    private final LongAdder bytes = new LongAdder();
    private final LongAdder open = new LongAdder();
    private final LongAdder waiting = new LongAdder();
    private final LongAdder refused = new LongAdder();

    public RouterMeters(MeterRegistry meters) {
        FunctionCounter.builder(BYTES, bytes, LongAdder::sum)
                .baseUnit(BaseUnits.BYTES)
                .description("What streams between clients and exporters have carried, both directions together")
                .register(meters);
        Gauge.builder(OPEN, open, LongAdder::sum)
                .description("Streams that are open, between peers or to exporters of this node")
                .register(meters);
        Gauge.builder(WAITING, waiting, LongAdder::sum)
                .description("Peers that wait for the other side of their stream")
                .register(meters);
        FunctionCounter.builder(REFUSED, refused, LongAdder::sum)
                .description("Peers that were refused for their token")
                .register(meters);
    }

    @Override
    public void passed(int more) {
        bytes.add(more);
    }

    @Override
    public void pairs(int change) {
        open.add(change);
    }

    @Override
    public void waiting(int change) {
        waiting.add(change);
    }

    @Override
    public void refused() {
        refused.increment();
    }
}
