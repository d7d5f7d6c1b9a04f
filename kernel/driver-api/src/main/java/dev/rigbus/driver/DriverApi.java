package dev.rigbus.driver;

/** Which interface this is that drivers are compiled against. */
public final class DriverApi {
    /** Grows behind the dot with what is new, and before it only when a driver that was right would be right no more. */
    public static final String VERSION = "1.0";

    private DriverApi() {}
}
