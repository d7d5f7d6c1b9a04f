package dev.rigbus.cluster.node;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.ClassFilter;
import com.hazelcast.config.Config;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/** How this node's Hazelcast is set up: no more than what Vert.x needs of it, and on loopback only. */
final class HazelcastConfig {
    static final String NODE_ATTRIBUTE = "rigbus.node";

    /** How often members ask each other whether they are alive, and look for those of the other side of a split. */
    private static final int HEARTBEAT_SECONDS = 1;

    private static final int MERGE_SECONDS = 5;

    private HazelcastConfig() {}

    /**
     * @param secret what a member of this lab's cluster has to name; others on this host reach the port too
     * @param boundTo the port that Hazelcast listens on
     * @param self what the others know it by
     * @param others ports that stand for the other nodes
     * @param silence after which a member counts as lost
     */
    static Config of(byte[] secret, int boundTo, NodeRecord self, List<Integer> others, Duration silence) {
        Config config = new Config();
        config.setInstanceName("rigbus-" + self.name() + "-" + boundTo);
        config.setClusterName("rigbus-" + HexFormat.of().formatHex(secret));
        config.getMemberAttributeConfig().setAttribute(NODE_ATTRIBUTE, self.name());
        properties(config, silence);
        network(config, boundTo, self, others);
        vertxMaps(config);
        config.getSerializationConfig()
                .setJavaSerializationFilterConfig(new JavaSerializationFilterConfig()
                        .setDefaultsDisabled(true)
                        .setWhitelist(new ClassFilter()
                                .addPrefixes("com.hazelcast.", "io.vertx.", "java.lang.", "java.util.", "[")));
        config.getMetricsConfig().setEnabled(false);
        config.getJetConfig().setEnabled(false);
        config.getIntegrityCheckerConfig().setEnabled(false);
        return config;
    }

    private static void properties(Config config, Duration silence) {
        config.setProperty("hazelcast.phone.home.enabled", "false");
        // What speaks before it has read any configuration looks for the property of the JVM.
        System.setProperty("hazelcast.logging.type", "slf4j");
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.setProperty("hazelcast.logging.details.enabled", "false");
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.setProperty("hazelcast.heartbeat.interval.seconds", String.valueOf(HEARTBEAT_SECONDS));
        config.setProperty("hazelcast.max.no.heartbeat.seconds", String.valueOf(silence.toSeconds()));
        config.setProperty("hazelcast.merge.first.run.delay.seconds", String.valueOf(MERGE_SECONDS));
        config.setProperty("hazelcast.merge.next.run.delay.seconds", String.valueOf(MERGE_SECONDS));
        config.setProperty("hazelcast.wait.seconds.before.join", "1");
        config.setProperty("hazelcast.operation.call.timeout.millis", "10000");
        config.setProperty("hazelcast.graceful.shutdown.max.wait", "10");
        // A member that is gone is not waited for; on a small host each thread counts.
        config.setProperty("hazelcast.socket.connect.timeout.seconds", "5");
        config.setProperty("hazelcast.partition.count", "31");
        config.setProperty("hazelcast.partition.operation.thread.count", "2");
        config.setProperty("hazelcast.operation.generic.thread.count", "2");
        config.setProperty("hazelcast.io.thread.count", "1");
        config.setProperty("hazelcast.event.thread.count", "1");
        config.setProperty("hazelcast.slow.operation.detector.enabled", "false");
    }

    private static void network(Config config, int boundTo, NodeRecord self, List<Integer> others) {
        // Of the protocols that Hazelcast can speak only the one between members: no clients, no REST.
        AdvancedNetworkConfig network = config.getAdvancedNetworkConfig().setEnabled(true);
        ServerSocketEndpointConfig endpoint = new ServerSocketEndpointConfig()
                .setPort(boundTo)
                .setPortAutoIncrement(false)
                .setPublicAddress("127.0.0.1:" + self.port());
        endpoint.getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        network.setMemberEndpointConfig(endpoint);
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).setConnectionTimeoutSeconds(3);
        others.forEach(port -> join.getTcpIpConfig().addMember("127.0.0.1:" + port));
    }

    /** As Vert.x has them in the configuration that it would read otherwise. */
    private static void vertxMaps(Config config) {
        config.addMultiMapConfig(new MultiMapConfig("__vertx.subs")
                .setBackupCount(1)
                .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
        config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
        config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
    }
}
