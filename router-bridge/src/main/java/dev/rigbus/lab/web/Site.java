package dev.rigbus.lab.web;

import java.util.List;

/**
 * What a node tells those who want to use the lab.
 *
 * @param endpoint as {@code host:port}
 * @param authority who signed its certificate, in PEM
 * @param namespace of those who name none
 * @param providers who may log in, in the order of the configuration: {@code jmp login} uses the first
 */
public record Site(String endpoint, String authority, String namespace, List<Provider> providers) {
    /** An OpenID Connect provider. */
    public record Provider(String issuer, List<String> audiences) {}
}
