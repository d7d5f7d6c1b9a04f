package dev.rigbus.lab.web;

import io.netty.handler.codec.http.HttpMethod;
import java.util.List;

/**
 * What was asked for.
 *
 * @param path without the query
 * @param authorization as often as it was sent
 */
record Request(HttpMethod method, String path, List<String> authorization, String peer, String body) {
    /** HEAD is a GET whose body stays here. */
    boolean isGet() {
        return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
    }
}
