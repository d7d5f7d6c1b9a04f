package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.AuditLog;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.testkit.ManualCluster;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process that writes until it is killed. It says what it found, and then each thing only when it was acknowledged. */
final class CrashWriter {
    static final int CHAINS = 16;

    private CrashWriter() {}

    public static void main(String[] args) throws Exception {
        ManualCluster node = new ManualCluster("crash", Instant.now());
        OpenStore store =
                RecordStores.open(Path.of(args[0]), node, null, null, Map.of()).await(60, TimeUnit.SECONDS);
        RecordStore records = store.records();
        for (int i = 0; i < CHAINS; i++) {
            StoredRecord record = records.get("chain", "k" + i);
            say("found k" + i + " " + (record == null ? 0 : record.version()));
        }
        AuditLog.Page page = store.audit().read(0, Long.MAX_VALUE, 1).await(60, TimeUnit.SECONDS);
        long last = page.entries().isEmpty()
                ? 0
                : Long.parseLong(page.entries().get(0).object());
        say("found audit " + last);
        for (int i = 0; i < CHAINS; i++) {
            StoredRecord record = records.get("chain", "k" + i);
            write(records, "k" + i, record == null ? 0 : record.version());
        }
        audit(store.audit(), node, last + 1);
        Thread.currentThread().join();
    }

    private static void write(RecordStore records, String key, long version) {
        String value = "{\"version\":" + (version + 1) + ",\"text\":\"" + "x".repeat(300) + "\"}";
        records.write("chain", key, version, value).onComplete(done -> {
            if (done.failed()) {
                say("failed " + done.cause());
                Runtime.getRuntime().halt(1);
            }
            say("acked " + key + " " + done.result().version());
            write(records, key, done.result().version());
        });
    }

    private static void audit(AuditLog audit, ManualCluster node, long number) {
        audit.append(new AuditLog.Entry(node.time(), "crash", "me", "count", String.valueOf(number), "ok", Map.of()))
                .onSuccess(done -> {
                    say("acked audit " + number);
                    audit(audit, node, number + 1);
                });
    }

    private static synchronized void say(String line) {
        System.out.println(line);
    }
}
