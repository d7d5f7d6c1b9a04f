/** The lab's records as typed values: found by what one asks for, told when they change, and changed without losing another's change. */
@NullMarked
package dev.rigbus.lab.view;

import org.jspecify.annotations.NullMarked;
