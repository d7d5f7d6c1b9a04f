package dev.rigbus.drivers.power;

/**
 * What a supply gives at one moment.
 *
 * @param voltage in volts
 * @param current in amperes
 */
public record PowerReading(double voltage, double current) {}
