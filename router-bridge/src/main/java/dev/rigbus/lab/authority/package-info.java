/**
 * Who has a board: for each exporter one authority, on one node, grants one lease at a time. Nothing else does; records only tell of it.
 */
@ModuleGen(groupPackage = "dev.rigbus.lab.authority", name = "rigbus-lab-authority")
@NullMarked
package dev.rigbus.lab.authority;

import io.vertx.codegen.annotations.ModuleGen;
import org.jspecify.annotations.NullMarked;
