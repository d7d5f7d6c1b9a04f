package dev.rigbus.system.client;

import dev.rigbus.client.ClientProvider;
import dev.rigbus.client.ClientType;
import dev.rigbus.client.DriverNode;
import java.util.List;
import java.util.Set;

/** A typed client that is not ours. */
public final class ThirdParty {
    private final DriverNode driver;

    private ThirdParty(DriverNode driver) {
        this.driver = driver;
    }

    String echo(String text) {
        return String.valueOf(driver.call("same", text));
    }

    static ClientType<ThirdParty> type() {
        return new ClientType<>(ThirdParty.class, Set.of("dev.rigbus.test.ProbeClient"), ThirdParty::new);
    }

    /** Brings it. */
    public static final class Provider implements ClientProvider {
        @Override
        public List<ClientType<?>> types() {
            return List.of(type());
        }
    }
}
