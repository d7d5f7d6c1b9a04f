package dev.rigbus.app.log;

/** The levels, by the names that Jumpstarter has for them, and one below. */
public enum LogLevel {
    TRACE,
    DEBUG,
    INFO,
    WARNING,
    ERROR,
    CRITICAL;

    String logback() {
        return this == WARNING ? "WARN" : this == CRITICAL ? "ERROR" : name();
    }
}
