/**
 * Resources: files of a client, or of a web server that a client names, as blocking streams for one call of a driver.
 */
@NullMarked
package dev.rigbus.kernel.resource;

import org.jspecify.annotations.NullMarked;
