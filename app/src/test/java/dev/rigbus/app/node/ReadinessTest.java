package dev.rigbus.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    private final Vertx vertx = Vertx.vertx();
    private final AtomicReference<Future<Void>> disk = new AtomicReference<>(Future.succeededFuture());
    private final AtomicBoolean draining = new AtomicBoolean();
    private final Readiness readiness = new Readiness(vertx, disk::get, draining::get);

    @BeforeEach
    void start() {
        assertThat(readiness.unready()).isEqualTo("the node is starting");
        readiness.start();
        assertThat(readiness.unready()).isNull();
    }

    @AfterEach
    void stop() {
        readiness.stop();
        assertThat(readiness.unready()).isEqualTo("the node is stopping");
        vertx.close();
    }

    @Test
    void notWhileTheDiskTakesNothing() {
        disk.set(Future.failedFuture("the disk is full"));
        readiness.look();
        assertThat(readiness.unready()).isEqualTo("the disk is full");
        disk.set(Future.succeededFuture());
        readiness.look();
        assertThat(readiness.unready()).isNull();
    }

    @Test
    void notWhileTheDiskDoesNotAnswer() {
        Promise<Void> hangs = Promise.promise();
        disk.set(hangs.future());
        readiness.look();
        assertThat(readiness.unready()).isNull();
        readiness.look();
        assertThat(readiness.unready()).contains("have not been written");
        hangs.complete();
        assertThat(readiness.unready()).isNull();
    }

    @Test
    void notWhileTheNodeDrains() {
        draining.set(true);
        assertThat(readiness.unready()).isEqualTo("the node is draining");
    }
}
