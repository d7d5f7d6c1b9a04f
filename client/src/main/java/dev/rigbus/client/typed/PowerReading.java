package dev.rigbus.client.typed;

/** What a power supply measures. */
public record PowerReading(double volts, double amperes) {}
