package dev.rigbus.cluster.node;

/** Which Hazelcast this release of Rigbus has; said without asking Hazelcast, which a lab of one node never loads. */
final class HazelcastRelease {
    /** Major and minor version; a cluster holds no two of them. */
    static final String MINOR = "5.7";

    private HazelcastRelease() {}
}
