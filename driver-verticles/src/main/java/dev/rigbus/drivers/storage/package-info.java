/**
 * Files on the exporter: {@link dev.rigbus.drivers.storage.Opendal} over a folder, over memory or over a web server, and the
 * stand-ins for flashers and storage switches. Paths that a client gives never leave the root of their storage.
 */
@NullMarked
package dev.rigbus.drivers.storage;

import org.jspecify.annotations.NullMarked;
