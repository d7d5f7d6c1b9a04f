package dev.rigbus.app.lab;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.rigbus.client.LabClient;
import dev.rigbus.wire.lab.ApplyRequest;
import dev.rigbus.wire.lab.ApplyResponse;
import dev.rigbus.wire.lab.BackupRequest;
import dev.rigbus.wire.lab.BundleObject;
import dev.rigbus.wire.lab.ChangeBundleRequest;
import dev.rigbus.wire.lab.CreateNodeRequest;
import dev.rigbus.wire.lab.CreateRequest;
import dev.rigbus.wire.lab.CreateResponse;
import dev.rigbus.wire.lab.Credentials;
import dev.rigbus.wire.lab.DeleteRequest;
import dev.rigbus.wire.lab.DrainNodeRequest;
import dev.rigbus.wire.lab.GetAuditRequest;
import dev.rigbus.wire.lab.GetAuditResponse;
import dev.rigbus.wire.lab.GetMetricsRequest;
import dev.rigbus.wire.lab.GetRequest;
import dev.rigbus.wire.lab.JoinToken;
import dev.rigbus.wire.lab.LabObject;
import dev.rigbus.wire.lab.LabStatus;
import dev.rigbus.wire.lab.ListBundlesRequest;
import dev.rigbus.wire.lab.ListBundlesResponse;
import dev.rigbus.wire.lab.ListRequest;
import dev.rigbus.wire.lab.ListResponse;
import dev.rigbus.wire.lab.Metrics;
import dev.rigbus.wire.lab.Piece;
import dev.rigbus.wire.lab.PutBundleRequest;
import dev.rigbus.wire.lab.PutBundleResponse;
import dev.rigbus.wire.lab.Reference;
import dev.rigbus.wire.lab.RevokeRequest;
import dev.rigbus.wire.lab.RotateTokenRequest;
import dev.rigbus.wire.lab.StatusRequest;
import dev.rigbus.wire.lab.UpdateRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** A node's AdminService, call by call. */
public final class AdminApi {
    private static final String SERVICE = "/rigbus.lab.v1.AdminService/";

    /** A write may have to wait for a node that is being found lost. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final Duration DRAIN = Duration.ofMinutes(5);

    /** Its drivers may have to wake devices up, and those before them to let go. */
    private static final Duration APPLY = Duration.ofSeconds(130);

    private final LabClient lab;

    public AdminApi(LabClient lab) {
        this.lab = lab;
    }

    public CreateResponse create(LabObject object) {
        return call("Create", CreateRequest.newBuilder().setObject(object).build(), CreateResponse.parser());
    }

    public LabObject get(Reference object) {
        return call("Get", GetRequest.newBuilder().setObject(object).build(), LabObject.parser());
    }

    /** All pages. */
    public List<LabObject> list(ListRequest request) {
        List<LabObject> all = new ArrayList<>();
        ListRequest next = request;
        while (true) {
            ListResponse page = call("List", next, ListResponse.parser());
            all.addAll(page.getObjectsList());
            if (page.getNextPageToken().isEmpty()) {
                return all;
            }
            next = request.toBuilder().setPageToken(page.getNextPageToken()).build();
        }
    }

    public LabObject update(UpdateRequest request) {
        return call("Update", request, LabObject.parser());
    }

    public void delete(Reference object) {
        call("Delete", DeleteRequest.newBuilder().setObject(object).build(), Empty.parser());
    }

    public Credentials rotate(Reference object) {
        return call(
                "RotateToken", RotateTokenRequest.newBuilder().setObject(object).build(), Credentials.parser());
    }

    public void revoke(Reference object) {
        call("Revoke", RevokeRequest.newBuilder().setObject(object).build(), Empty.parser());
    }

    public JoinToken createNode(String name) {
        return call("CreateNode", CreateNodeRequest.newBuilder().setName(name).build(), JoinToken.parser());
    }

    /** Waits until the node has started it, or has said why it cannot. */
    public ApplyResponse apply(ApplyRequest request) {
        return lab.call(SERVICE + "Apply", request, ApplyResponse.parser(), APPLY);
    }

    /** Gives how many bytes are there; -1 if it is whole. */
    public long putBundle(PutBundleRequest piece) {
        return call("PutBundle", piece, PutBundleResponse.parser()).getReceived();
    }

    /** Waits until all nodes have done it, or have taken it back. */
    public BundleObject changeBundle(ChangeBundleRequest request) {
        return lab.call(SERVICE + "ChangeBundle", request, BundleObject.parser(), DRAIN);
    }

    public List<BundleObject> bundles() {
        return call("ListBundles", ListBundlesRequest.getDefaultInstance(), ListBundlesResponse.parser())
                .getBundlesList();
    }

    public void drain(String node, String reason) {
        lab.call(
                SERVICE + "DrainNode",
                DrainNodeRequest.newBuilder().setName(node).setReason(reason).build(),
                Empty.parser(),
                DRAIN);
    }

    public String metrics() {
        return call("GetMetrics", GetMetricsRequest.getDefaultInstance(), Metrics.parser())
                .getText();
    }

    public GetAuditResponse audit(GetAuditRequest request) {
        return call("GetAudit", request, GetAuditResponse.parser());
    }

    public LabStatus status() {
        return call("Status", StatusRequest.getDefaultInstance(), LabStatus.parser());
    }

    /** Writes the lab's records to a stream. */
    public void backup(OutputStream to) throws IOException, TimeoutException {
        try {
            lab.each(SERVICE + "Backup", BackupRequest.getDefaultInstance(), Piece.parser(), DRAIN, piece -> {
                try {
                    piece.getData().writeTo(to);
                } catch (IOException e) {
                    throw new UncheckedIOException(e.getMessage(), e);
                }
            });
        } catch (UncheckedIOException e) {
            throw new IOException("the backup cannot be written: " + e.getMessage(), e);
        }
    }

    private <T extends MessageLite> T call(String method, MessageLite request, Parser<T> parser) {
        return lab.call(SERVICE + method, request, parser, LIMIT);
    }
}
