/** What a driver's author has in front of him: the driver, served, and a client. */
@NullMarked
package dev.rigbus.app.dev;

import org.jspecify.annotations.NullMarked;
