package dev.rigbus.client;

/** What a power supply measures. */
public record PowerReading(double volts, double amperes) {}
