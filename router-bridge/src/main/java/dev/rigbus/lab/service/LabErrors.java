package dev.rigbus.lab.service;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;

/** Refusals in the words that the stock command line expects. Most are UNKNOWN, which it prints as they are. */
final class LabErrors {
    private LabErrors() {}

    /** @param kind plural, lower case, such as {@code leases} */
    static StatusException notFound(String kind, String name) {
        return unknown(kind + ".jumpstarter.dev \"" + name + "\" not found");
    }

    static StatusException exists(String kind, String name) {
        return unknown(kind + ".jumpstarter.dev \"" + name + "\" already exists");
    }

    static StatusException unknown(String text) {
        return new StatusException(Code.UNKNOWN, text);
    }

    static StatusException invalid(String text) {
        return new StatusException(Code.INVALID_ARGUMENT, text);
    }
}
