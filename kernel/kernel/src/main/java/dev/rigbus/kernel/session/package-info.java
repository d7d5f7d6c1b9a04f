/** What a client uses while it holds an exporter: status, hooks and the log stream. */
@ModuleGen(name = "rigbus-session", groupPackage = "dev.rigbus.kernel.session")
@NullMarked
package dev.rigbus.kernel.session;

import io.vertx.codegen.annotations.ModuleGen;
import org.jspecify.annotations.NullMarked;
