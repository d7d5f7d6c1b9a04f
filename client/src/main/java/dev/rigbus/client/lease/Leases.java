package dev.rigbus.client.lease;

import com.google.protobuf.Empty;
import com.google.protobuf.FieldMask;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.rigbus.client.ByteChannel;
import dev.rigbus.client.CallException;
import dev.rigbus.client.Durations;
import dev.rigbus.client.LabClient;
import dev.rigbus.grpc.Code;
import dev.rigbus.wire.DialRequest;
import dev.rigbus.wire.DialResponse;
import dev.rigbus.wire.client.CreateLeaseRequest;
import dev.rigbus.wire.client.DeleteLeaseRequest;
import dev.rigbus.wire.client.Exporter;
import dev.rigbus.wire.client.GetExporterRequest;
import dev.rigbus.wire.client.GetLeaseRequest;
import dev.rigbus.wire.client.ListExportersRequest;
import dev.rigbus.wire.client.ListExportersResponse;
import dev.rigbus.wire.client.ListLeasesRequest;
import dev.rigbus.wire.client.ListLeasesResponse;
import dev.rigbus.wire.client.UpdateLeaseRequest;
import dev.rigbus.wire.lab.ExplainRequest;
import dev.rigbus.wire.lab.ExplainResponse;
import dev.rigbus.wire.lab.Kind;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A connection to a lab, as one of its clients. Its methods block, unless they say otherwise; any thread but an event loop may call them. */
public final class Leases implements AutoCloseable {
    private static final String SERVICE = "/jumpstarter.client.v1.ClientService/";
    private static final String CONTROLLER = "/jumpstarter.v1.ControllerService/";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration RELEASE = Duration.ofSeconds(15);
    private static final long LOOK_MILLIS = 500;
    private static final int PAGE = 500;
    private static final int MOST_FINDINGS = 3;

    private final LabAccess access;
    private final LabClient lab;
    private volatile boolean explains = true;

    private Leases(LabAccess access, LabClient lab) {
        this.access = access;
        this.lab = lab;
    }

    /**
     * Connects.
     *
     * @throws IOException with a text for people: nobody there, not trusted
     */
    public static Leases connect(LabAccess access) throws IOException {
        return new Leases(access, access.connect());
    }

    LabAccess access() {
        return access;
    }

    private String parent() {
        return "namespaces/" + access.namespace();
    }

    String leaseName(String name) {
        return parent() + "/leases/" + name;
    }

    private <T extends MessageLite> T call(String method, MessageLite request, Parser<T> parser) {
        return lab.call(SERVICE + method, request, parser, LIMIT);
    }

    /**
     * Asks for a lease and waits until the exporter is there. It is given back when it is closed, and also when this program ends without having done
     * so, even by a signal that it cannot notice.
     *
     * @throws LeaseException when none is to be had, or not in time; the text has the lab's reason
     * @throws InterruptedException and the lease is given back
     */
    public Lease acquire(LeaseRequest request) throws IOException, InterruptedException {
        String name = create(request);
        LeaseGuard guard = LeaseGuard.start(access, name);
        try {
            LeaseInfo ready = await(name, request);
            return Lease.made(this, ready, guard, request.renewed() ? request.duration() : null);
        } catch (IOException | InterruptedException | RuntimeException e) {
            try {
                release(name);
                guard.done();
            } catch (CallException left) {
                // The guard tries again when this program ends.
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    private String create(LeaseRequest request) throws LeaseException {
        var lease = dev.rigbus.wire.client.Lease.newBuilder()
                .setSelector(request.selector() == null ? "" : request.selector())
                .setDuration(com.google.protobuf.Duration.newBuilder()
                        .setSeconds(request.duration().toSeconds())
                        .setNanos(request.duration().toNanosPart()));
        if (request.exporter() != null) {
            lease.setExporterName(request.exporter());
        }
        try {
            return LeaseInfo.last(call(
                            "CreateLease",
                            CreateLeaseRequest.newBuilder()
                                    .setParent(parent())
                                    .setLease(lease)
                                    .build(),
                            dev.rigbus.wire.client.Lease.parser())
                    .getName());
        } catch (CallException e) {
            throw new LeaseException("the lab gives no lease of " + request.what() + ": " + e.details(), e);
        }
    }

    private LeaseInfo await(String name, LeaseRequest request) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + request.patience().toNanos();
        String told = "";
        while (true) {
            String reason;
            try {
                LeaseInfo now = get(name);
                switch (now.state()) {
                    case LeaseInfo.READY:
                        return now;
                    case LeaseInfo.FAILED, LeaseInfo.ENDED:
                        throw new LeaseException("the lab gives no lease of " + request.what() + ": " + now.reason());
                    default:
                }
                reason = explained(name, now.reason());
            } catch (CallException e) {
                if (!isPassing(e)) {
                    throw e;
                }
                // The node comes back, or another takes its place; the lease stays in its queue.
                reason = "the lab does not answer: " + e.details();
            }
            if (!reason.equals(told)) {
                told = reason;
                request.waiting().accept(told);
            }
            if (System.nanoTime() - deadline > 0) {
                throw new LeaseException(request.what() + " was not to be had within "
                        + Durations.text(request.patience()) + (told.isEmpty() ? "" : ": " + told));
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    /** What a lab of ours says beyond the reason that every lab gives: who is before, and until when. */
    private String explained(String name, String reason) {
        if (!explains) {
            return reason;
        }
        try {
            ExplainResponse answer = lab.call(
                    "/rigbus.lab.v1.LabService/Explain",
                    ExplainRequest.newBuilder()
                            .setKind(Kind.KIND_LEASE)
                            .setName(name)
                            .build(),
                    ExplainResponse.parser(),
                    LIMIT);
            StringBuilder text = new StringBuilder(answer.getSummary());
            if (answer.hasPlace()) {
                text.append("; place in the queue: ").append(answer.getPlace());
            }
            answer.getFindingsList().stream()
                    .limit(MOST_FINDINGS)
                    .forEach(each -> text.append("; ")
                            .append(each.getName())
                            .append(" ")
                            .append(each.getState())
                            .append(": ")
                            .append(each.getReason()));
            return text.toString();
        } catch (CallException e) {
            explains = isPassing(e);
            return reason;
        }
    }

    /** A lease that is there already; closing it leaves it to whoever has made it. */
    public Lease use(String name) throws IOException {
        LeaseInfo info = get(name);
        if (!info.state().equals(LeaseInfo.READY)) {
            throw new LeaseException(
                    "lease " + name + " is not ready: " + (info.reason().isEmpty() ? info.state() : info.reason()));
        }
        return Lease.used(this, info);
    }

    public LeaseInfo get(String name) {
        return LeaseInfo.of(call(
                "GetLease",
                GetLeaseRequest.newBuilder().setName(leaseName(name)).build(),
                dev.rigbus.wire.client.Lease.parser()));
    }

    /** @param all whether those are listed, too, that have ended */
    public List<LeaseInfo> list(boolean all) {
        List<LeaseInfo> found = new ArrayList<>();
        String page = "";
        do {
            ListLeasesResponse some = call(
                    "ListLeases",
                    ListLeasesRequest.newBuilder()
                            .setParent(parent())
                            .setPageSize(PAGE)
                            .setPageToken(page)
                            .setOnlyActive(!all)
                            .build(),
                    ListLeasesResponse.parser());
            some.getLeasesList().forEach(lease -> found.add(LeaseInfo.of(lease)));
            page = some.getNextPageToken();
        } while (!page.isEmpty());
        return found;
    }

    /** @param selector labels that they must have; absent for all */
    public List<ExporterInfo> exporters(@Nullable String selector) {
        List<ExporterInfo> found = new ArrayList<>();
        String page = "";
        do {
            ListExportersResponse some = call(
                    "ListExporters",
                    ListExportersRequest.newBuilder()
                            .setParent(parent())
                            .setPageSize(PAGE)
                            .setPageToken(page)
                            .setFilter(selector == null ? "" : selector)
                            .build(),
                    ListExportersResponse.parser());
            some.getExportersList().forEach(exporter -> found.add(ExporterInfo.of(exporter)));
            page = some.getNextPageToken();
        } while (!page.isEmpty());
        return found;
    }

    public ExporterInfo exporter(String name) {
        return ExporterInfo.of(call(
                "GetExporter",
                GetExporterRequest.newBuilder()
                        .setName(parent() + "/exporters/" + name)
                        .build(),
                Exporter.parser()));
    }

    /** Makes a lease without waiting for it; gives its name. */
    public String ask(LeaseRequest request) throws LeaseException {
        return create(request);
    }

    /** Changes how long a lease is from its beginning to its end. */
    public LeaseInfo update(String name, Duration duration) {
        return LeaseInfo.of(call(
                "UpdateLease",
                UpdateLeaseRequest.newBuilder()
                        .setLease(dev.rigbus.wire.client.Lease.newBuilder()
                                .setName(leaseName(name))
                                .setDuration(com.google.protobuf.Duration.newBuilder()
                                        .setSeconds(duration.toSeconds())
                                        .setNanos(duration.toNanosPart())))
                        .setUpdateMask(FieldMask.newBuilder().addPaths("duration"))
                        .build(),
                dev.rigbus.wire.client.Lease.parser()));
    }

    /** Gives a lease back; fine if it has ended. A lab that does not answer is asked again for a while. */
    public void release(String name) {
        long deadline = System.nanoTime() + RELEASE.toNanos();
        while (!isReleased(name, System.nanoTime() - deadline < 0)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
        }
    }

    private boolean isReleased(String name, boolean patient) {
        try {
            call(
                    "DeleteLease",
                    DeleteLeaseRequest.newBuilder().setName(leaseName(name)).build(),
                    Empty.parser());
            return true;
        } catch (CallException e) {
            if (patient && isPassing(e) && !Thread.currentThread().isInterrupted()) {
                return false;
            }
            if (e.code() != Code.NOT_FOUND && e.code() != Code.FAILED_PRECONDITION) {
                throw e;
            }
            return true;
        }
    }

    private static boolean isPassing(CallException failure) {
        return failure.code() == Code.UNAVAILABLE || failure.code() == Code.DEADLINE_EXCEEDED;
    }

    /** One more way to the exporter of a lease; does not block. */
    Future<ByteChannel> dial(String lease) {
        return new Dialling(lease).start();
    }

    /** An exporter may need a moment until it can be reached. */
    private final class Dialling {
        private static final long FIRST_MILLIS = 300;
        private static final long LONGEST_MILLIS = 2_000;
        private static final Duration PATIENCE = Duration.ofSeconds(60);

        private final DialRequest request;
        private final long deadline = System.nanoTime() + PATIENCE.toNanos();
        private long pause = FIRST_MILLIS;

        Dialling(String lease) {
            this.request = DialRequest.newBuilder().setLeaseName(lease).build();
        }

        Future<ByteChannel> start() {
            return lab.ask(CONTROLLER + "Dial", request, DialResponse.parser(), LIMIT)
                    .compose(answer -> lab.tunnel(answer.getRouterEndpoint(), answer.getRouterToken()))
                    .recover(cause -> isForNow(cause) && System.nanoTime() - deadline < 0
                            ? lab.later(pauseMillis(), this::start)
                            : Future.failedFuture(cause));
        }

        private long pauseMillis() {
            long now = pause;
            pause = Math.min(LONGEST_MILLIS, 2 * pause);
            return now;
        }

        private static boolean isForNow(Throwable cause) {
            return cause instanceof CallException e
                    && (isPassing(e)
                            || e.code() == Code.FAILED_PRECONDITION
                                    && e.details().contains("not ready"));
        }
    }

    Map<String, String> labels(String exporter) {
        try {
            return exporter(exporter).labels();
        } catch (CallException e) {
            // They are for information only.
            return Map.of();
        }
    }

    @Override
    public void close() {
        lab.close();
    }
}
