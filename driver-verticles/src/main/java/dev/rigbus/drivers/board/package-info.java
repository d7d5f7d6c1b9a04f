/** A board without hardware: power, console and storage are real to the client, and what is flashed runs. */
@NullMarked
package dev.rigbus.drivers.board;

import org.jspecify.annotations.NullMarked;
