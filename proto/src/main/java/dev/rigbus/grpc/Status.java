package dev.rigbus.grpc;

/**
 * How a call ended.
 *
 * @param text for people; empty where there is nothing to say
 */
public record Status(Code code, String text) {
    public static final Status OK = new Status(Code.OK, "");

    public boolean isOk() {
        return code == Code.OK;
    }

    @Override
    public String toString() {
        return text.isEmpty() ? code.name() : code + ": " + text;
    }
}
