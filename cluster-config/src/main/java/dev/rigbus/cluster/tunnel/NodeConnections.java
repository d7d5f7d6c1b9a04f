package dev.rigbus.cluster.tunnel;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The open connections by the node at their other end, so that one that is shut out can be cut off. */
final class NodeConnections {
    private static final int MOST_REFUSALS = 1_000;

    private final Map<String, ChannelGroup> groups = new ConcurrentHashMap<>();
    private final Map<String, String> refusals = new ConcurrentHashMap<>();

    void add(String node, Channel channel) {
        groups.computeIfAbsent(node, any -> new DefaultChannelGroup(GlobalEventExecutor.INSTANCE))
                .add(channel);
    }

    /** Whether this refusal is another than the last one of that peer: it will come again and again, and need not be told as often. */
    boolean isNews(String peer, String refusal) {
        return !refusal.equals(refusals.size() < MOST_REFUSALS ? refusals.put(peer, refusal) : refusals.get(peer));
    }

    void cut(String node) {
        ChannelGroup group = groups.get(node);
        if (group != null) {
            group.close();
        }
    }

    int count(String node) {
        ChannelGroup group = groups.get(node);
        return group == null ? 0 : group.size();
    }

    void closeAll() {
        groups.values().forEach(ChannelGroup::close);
    }
}
