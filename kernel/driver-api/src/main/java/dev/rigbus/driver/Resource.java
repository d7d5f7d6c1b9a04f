package dev.rigbus.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A file of the client, lent to one call: the image to flash, or the place for a dump. Taken as a parameter of an exported method
 * that runs on a thread of its own, since both directions block. The content is plain: what the client declares as compressed
 * is unpacked on the way in and packed on the way out. It is over when the call is over.
 */
public interface Resource {
    /** The client's bytes, to their end. Reading fails when the client goes away before it has said that it is done. */
    InputStream input() throws IOException;

    /** Where the client takes the driver's bytes; closing it completes them. Writing waits for a client that is slow. */
    OutputStream output() throws IOException;
}
