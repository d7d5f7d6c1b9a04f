/** The program that {@code j} is inside {@code rigbus shell}: it knows nothing but the JDK, and so starts in no time. */
@NullMarked
package dev.rigbus.app.thin;

import org.jspecify.annotations.NullMarked;
