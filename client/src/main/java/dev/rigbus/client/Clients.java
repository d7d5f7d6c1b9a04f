package dev.rigbus.client;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The typed clients that there are. */
final class Clients {
    private static final Logger log = LoggerFactory.getLogger(Clients.class);
    private static final int MOST_BROKEN = 100;
    private static final List<ClientType<?>> TYPES = load();

    private Clients() {}

    private static List<ClientType<?>> load() {
        List<ClientType<?>> all = new ArrayList<>();
        Iterator<ClientProvider> providers = ServiceLoader.load(ClientProvider.class, Clients.class.getClassLoader())
                .iterator();
        for (int broken = 0; broken < MOST_BROKEN; ) {
            try {
                if (!providers.hasNext()) {
                    break;
                }
                all.addAll(providers.next().types());
            } catch (ServiceConfigurationError | LinkageError e) {
                // One jar that is broken keeps nobody from the clients of the others.
                log.warn("typed clients of a jar are left out: {}", e.getMessage());
                broken++;
            }
        }
        return all;
    }

    static Object of(DriverNode driver) {
        for (ClientType<?> type : TYPES) {
            if (type.labels().contains(driver.clientClass())) {
                return type.factory().apply(driver);
            }
        }
        return new GenericClient(driver);
    }

    static <T> T as(DriverNode driver, Class<T> wanted) {
        boolean known = false;
        for (ClientType<?> type : TYPES) {
            if (type.type() == wanted) {
                known = true;
                if (type.labels().contains(driver.clientClass())) {
                    return wanted.cast(type.factory().apply(driver));
                }
            }
        }
        if (wanted == GenericClient.class) {
            return wanted.cast(new GenericClient(driver));
        }
        if (!known && wanted.isInterface()) {
            return DriverProxy.of(driver, wanted);
        }
        throw new IllegalArgumentException(driver.name() + " is a " + driver.clientClass() + ", not a "
                + wanted.getSimpleName() + " (use new " + wanted.getSimpleName() + "(driver) to try it all the same)");
    }
}
