package dev.rigbus.client;

import java.util.List;

/** Brings typed clients; found by {@link java.util.ServiceLoader}, so that a jar with one needs only to be there. */
public interface ClientProvider {
    List<ClientType<?>> types();
}
