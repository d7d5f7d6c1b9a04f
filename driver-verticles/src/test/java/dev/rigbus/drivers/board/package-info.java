@NullMarked
package dev.rigbus.drivers.board;

import org.jspecify.annotations.NullMarked;
