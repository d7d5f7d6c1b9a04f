package dev.rigbus.lab.admin;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.lab.lease.Labels;
import java.util.Map;

/** What administrators are told when something cannot be. */
final class Refusals {
    private Refusals() {}

    static StatusException invalid(String text) {
        return new StatusException(Code.INVALID_ARGUMENT, text);
    }

    static StatusException missing(String kind, Object name) {
        return new StatusException(Code.NOT_FOUND, "there is no " + kind + " " + name);
    }

    static StatusException exists(String kind, Object name) {
        return new StatusException(Code.ALREADY_EXISTS, kind + " " + name + " exists already");
    }

    static StatusException impossible(String text) {
        return new StatusException(Code.FAILED_PRECONDITION, text);
    }

    /** Fails for labels that an administrator may not give. */
    static void checkLabels(Map<String, String> labels) {
        labels.forEach((key, value) -> {
            String wrong = Labels.wrongKey(key);
            if (wrong != null) {
                throw invalid("label \"" + key + "\": " + wrong);
            }
            wrong = Labels.wrongValue(value);
            if (wrong != null) {
                throw invalid("label " + key + "=\"" + value + "\": the value " + wrong);
            }
            if (key.startsWith("jumpstarter.dev/")) {
                throw invalid(
                        "label " + key + ": labels with the prefix jumpstarter.dev/ come from exporters themselves");
            }
        });
    }
}
