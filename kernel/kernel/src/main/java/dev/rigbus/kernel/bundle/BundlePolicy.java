package dev.rigbus.kernel.bundle;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Which bundles a node takes.
 *
 * @param rights that bundles may need
 * @param signers by one of whom every part of a bundle has to be signed; none for bundles that need no signature
 */
public record BundlePolicy(List<String> rights, List<X509Certificate> signers) {
    /** All rights but that to native libraries, which do as they like whatever the JVM forbids. */
    public static final BundlePolicy USUAL = new BundlePolicy(List.of("files", "network", "process"), List.of());
}
