/** Configuration files: where they are, how they are read, and what is wrong with them, line by line. */
@NullMarked
package dev.rigbus.app.config;

import org.jspecify.annotations.NullMarked;
