package dev.rigbus.driver;

/** What a type of driver says of where it can run. */
public enum Trait {
    /**
     * It needs no particular host: in a lab of several, unless the configuration names one, it is placed on a node that can be reached, and on
     * another when that one goes or is drained.
     */
    ANYWHERE,

    /**
     * It runs in a process of its own beside the node, which is started again when it ends: for drivers with native libraries, whose crash is
     * that of a whole process. The types of one bundle share a process. A bundle that needs the right {@code native} has all its types apart.
     */
    APART
}
