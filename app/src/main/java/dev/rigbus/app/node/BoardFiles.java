package dev.rigbus.app.node;

import dev.rigbus.app.config.Fault;
import dev.rigbus.app.config.NodeConfig;
import dev.rigbus.app.config.NodeFile;
import dev.rigbus.app.node.Boards.Outcome;
import dev.rigbus.app.node.Boards.Source;
import dev.rigbus.lab.model.ObjectName;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the files that a node's exporters stand in: what changes there changes here. Files are looked at once a second, which works on
 * every kind of disk, and read when they have stayed the same for one look, so that nobody reads half of one.
 */
final class BoardFiles {
    private static final Logger log = LoggerFactory.getLogger(BoardFiles.class);
    private static final long LOOK_MILLIS = 1000;

    private final Vertx vertx;
    private final Path file;
    private final Map<String, String> environment;
    private final Boards boards;
    private Set<Path> files;
    private Map<Path, Stamp> read;
    private Map<Path, Stamp> seen;
    private long timer = -1;
    private boolean busy;

    private record Stamp(@Nullable FileTime changed, long size) {
        static Stamp of(Path file) {
            try {
                return new Stamp(Files.getLastModifiedTime(file), Files.size(file));
            } catch (IOException gone) {
                return new Stamp(null, -1);
            }
        }
    }

    /** @param config as the file has been read */
    BoardFiles(Vertx vertx, Path file, NodeConfig config, Map<String, String> environment, Boards boards) {
        this.vertx = vertx;
        this.file = file;
        this.environment = environment;
        this.boards = boards;
        this.files = files(config);
        this.read = stamps();
        this.seen = read;
    }

    private Set<Path> files(NodeConfig config) {
        Set<Path> all = new TreeSet<>(Set.of(file));
        config.boards().forEach(board -> all.add(board.file().path()));
        return all;
    }

    private Map<Path, Stamp> stamps() {
        Map<Path, Stamp> all = new TreeMap<>();
        files.forEach(each -> all.put(each, Stamp.of(each)));
        return all;
    }

    void start() {
        timer = vertx.setPeriodic(LOOK_MILLIS, any -> look());
    }

    void close() {
        vertx.cancelTimer(timer);
    }

    private void look() {
        if (busy) {
            return;
        }
        busy = true;
        vertx.executeBlocking(this::settled, false)
                .compose(changed -> changed == null ? Future.succeededFuture() : follow(changed))
                .onComplete(done -> busy = false);
    }

    /** What the files say now, if that is something new and nobody is writing any more; blocks. */
    private @Nullable NodeFile settled() {
        Map<Path, Stamp> now = stamps();
        boolean quiet = now.equals(seen);
        seen = now;
        if (!quiet || now.equals(read)) {
            return null;
        }
        read = now;
        return NodeFile.read(file, environment);
    }

    private Future<?> follow(NodeFile changed) {
        List<Fault> faults = changed.check(boards.catalog());
        if (!faults.isEmpty()) {
            faults.forEach(fault -> log.error("{}", fault));
            log.error("{} has changed and has faults; all exporters go on as they were", file);
            return Future.succeededFuture();
        }
        files = files(changed.config());
        read = stamps();
        seen = read;
        Set<ObjectName> gone = new HashSet<>(boards.of(Source.FILE));
        for (NodeConfig.Board board : changed.config().boards()) {
            ObjectName name = Boards.name(board);
            boolean known = gone.remove(name);
            told(name, known ? boards.apply(board, Source.FILE) : boards.keep(board, Source.FILE));
        }
        gone.forEach(name -> told(name, boards.remove(name, Source.FILE)));
        return Future.succeededFuture();
    }

    private static void told(ObjectName name, Future<?> change) {
        change.onFailure(cause -> log.atError()
                        .addKeyValue("exporter", name)
                        .log("its file has changed, but not it: {}", cause.getMessage()))
                .onSuccess(outcome -> {
                    if (outcome == Outcome.LATER) {
                        log.atInfo()
                                .addKeyValue("exporter", name)
                                .log("its file has changed; it follows when its lease is over");
                    }
                });
    }
}
