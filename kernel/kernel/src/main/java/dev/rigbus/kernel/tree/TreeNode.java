package dev.rigbus.kernel.tree;

import dev.rigbus.driver.Driver;
import dev.rigbus.kernel.host.DriverVerticle;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One driver in its place.
 *
 * @param labels those of the driver and of the configuration
 * @param children by name; a proxy is the node that it stands for
 */
record TreeNode(
        UUID uuid,
        String path,
        Driver driver,
        DriverVerticle verticle,
        @Nullable String description,
        Map<String, String> methodDescriptions,
        Map<String, String> labels,
        Map<String, TreeNode> children) {}
