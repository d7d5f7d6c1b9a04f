@NullMarked
package dev.rigbus.lab.router;

import org.jspecify.annotations.NullMarked;
