package dev.rigbus.app.command;

import java.io.PrintWriter;

/** Where a command prints: its results, and what went wrong on the way to them. */
record Console(PrintWriter out, PrintWriter err) {}
