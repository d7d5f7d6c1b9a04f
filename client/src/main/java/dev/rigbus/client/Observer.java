package dev.rigbus.client;

/** Is told what passes between a program and a driver, on the thread that has asked. */
public interface Observer {
    /** A method has been called, and has answered. */
    default void called(String method) {}

    /** Bytes have been read from a stream. */
    default void received(byte[] bytes) {}
}
