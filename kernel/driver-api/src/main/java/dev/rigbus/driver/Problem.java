package dev.rigbus.driver;

/**
 * One thing that is wrong with a configuration.
 *
 * @param key where: the path of the key from the top of the file, as {@code export.power.config.port}
 * @param text what is wrong and what was expected, without the key
 */
public record Problem(String key, String text) {
    @Override
    public String toString() {
        return key + ": " + text;
    }
}
