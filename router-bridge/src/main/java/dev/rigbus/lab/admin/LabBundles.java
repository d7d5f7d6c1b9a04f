package dev.rigbus.lab.admin;

import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The bundles of drivers that the nodes of the lab serve. */
public interface LabBundles {
    /** What can be done to one. */
    enum Deed {
        DEPLOY,
        UPGRADE,
        ROLLBACK,
        REMOVE
    }

    /**
     * A change as somebody wants it.
     *
     * @param name of what is rolled back or removed; empty for a deployment or an upgrade, whose content names it
     * @param hash of what is deployed, or upgraded to; it has been {@linkplain #put brought here}
     * @param nodes none for all, those that come later among them, or for all that it is on
     * @param rolling one node after the other
     */
    record Wish(Deed deed, String name, String hash, List<String> nodes, boolean rolling) {}

    /**
     * One bundle.
     *
     * @param previous the version that a rollback leads to; absent for none
     * @param serving by node the version, or why there is none
     * @param everywhere whether nodes that come later serve it too
     */
    record Bundle(
            String name,
            String version,
            String hash,
            @Nullable String previous,
            List<String> rights,
            Map<String, String> serving,
            boolean everywhere) {}

    /**
     * Takes a piece of a content to this node; one without bytes asks how far it is.
     *
     * @return how many bytes are there, -1 if it is whole
     */
    Future<Long> put(String hash, long offset, byte[] piece, boolean last);

    /** Fails, and leaves everything as it was, if one of the nodes cannot do it. */
    Future<Bundle> change(Wish wish);

    Future<List<Bundle>> all();
}
