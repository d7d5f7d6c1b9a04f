/** What the lab keeps, as values: who may use it, what is in it, who has what. No rules, no clocks, no threads. */
@NullMarked
package dev.rigbus.lab.model;

import org.jspecify.annotations.NullMarked;
