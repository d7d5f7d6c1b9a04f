"""The lab seen from outside: the audit, the figures, health and the log. Point 95 of the controller, R54 and R83."""

import json
import re
import urllib.error
import urllib.request

import grpc
import pytest
from google.protobuf import duration_pb2
from jumpstarter_protocol import client_pb2, jumpstarter_pb2
from lab.labs import Lab, refused
from peers import free_port
from waiting import eventually


@pytest.fixture(scope="module")
def watched():
    """A lab with a board of its own, and a port for those who watch over it."""
    port = free_port()
    settings = {"metrics": {"listen": f"127.0.0.1:{port}"}}
    boards = {"n1": {"desk": {"board": "desk"}}}
    with Lab(settings=settings, boards=boards) as lab:
        lab.watch = f"http://127.0.0.1:{port}"
        lab.ann = lab.client("ann")
        lab.until_ready("desk")
        yield lab


def page(lab, path):
    """The status and the text of a page; nothing while nobody serves it."""
    try:
        with urllib.request.urlopen(lab.watch + path, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()
    except urllib.error.URLError:
        return 0, ""


def figure(lab, name, **tags):
    """What a series says now; absent if there is none."""
    status, text = page(lab, "/metrics")
    assert status == 200
    for line in text.splitlines():
        found = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        if found and found[1] == name and dict(re.findall(r'(\w+)="([^"]*)"', found[2] or "")) == tags:
            return float(found[3])
    return None


def audit(lab, about):
    """The entries about something, oldest first."""
    return json.loads(lab.admin("get", "audit", "--about", about, "-o", "json").out or "[]")


def lease(lab, board="desk", name=""):
    return client_pb2.CreateLeaseRequest(
        parent="namespaces/default",
        lease_id=name,
        lease=client_pb2.Lease(exporter_name=board, duration=duration_pb2.Duration(seconds=60)),
    )


def used(lab, name):
    """Leases the board, comes to use it, and gives it back."""
    with lab.ann.service() as service, lab.ann.controller() as controller:
        service.CreateLease(lease(lab, name=name), metadata=lab.ann.metadata())
        for _ in range(2):
            request = jumpstarter_pb2.DialRequest(lease_name=name)
            eventually(lambda: controller.Dial(request, metadata=lab.ann.metadata(), timeout=30), "a way in")
        request = client_pb2.DeleteLeaseRequest(name=f"namespaces/default/leases/{name}")
        service.DeleteLease(request, metadata=lab.ann.metadata())
    lab.until_ready("desk")


def test_who_did_what_to_which_board_is_written_down(watched):
    used(watched, "told")
    entries = audit(watched, "told")
    told = [(entry["actor"], entry["action"], entry["outcome"]) for entry in entries]
    assert sorted(told) == sorted([
        ("client default/ann", "lease.create", "ok"),
        ("lab", "lease.grant", "ok"),
        ("client default/ann", "lease.dial", "ok"),
        ("client default/ann", "lease.delete", "ok"),
    ])
    # A wish has no board yet.
    boards = {entry["details"].get("exporter") for entry in entries if entry["action"] != "lease.create"}
    assert boards == {"desk"}


def test_what_is_refused_is_written_down(watched):
    with watched.ann.service() as service, refused(grpc.StatusCode.UNKNOWN, "not found"):
        request = client_pb2.DeleteLeaseRequest(name="namespaces/default/leases/never-was")
        service.DeleteLease(request, metadata=watched.ann.metadata())
    assert [(entry["action"], "not found" in entry["outcome"]) for entry in audit(watched, "never-was")] == [
        ("lease.delete", True)
    ]


def test_an_exporter_that_comes_is_written_down(watched):
    assert [entry["action"] for entry in audit(watched, "exporter default/desk")][:1] == ["exporter.online"]


def test_a_renewed_token_is_written_down_and_is_not_in_it(watched):
    watched.client("renewer")
    assert watched.jmp("renewer", "auth", "rotate").code == 0
    entry = audit(watched, "client default/renewer")[-1]
    assert (entry["actor"], entry["action"], entry["outcome"]) == ("client default/renewer", "client.rotate", "ok")
    assert "eyJ" not in watched.admin("get", "audit", "-o", "json").out


def test_point_95_figures_move_on_success_and_failure(watched):
    def acquired(result):
        return figure(watched, "jumpstarter_lease_acquisitions_total", result=result)

    successes, failures = acquired("success"), acquired("failure")
    assert None not in (successes, failures), "both are there from the start"
    waits = figure(watched, "rigbus_lease_wait_seconds_count")
    granted = figure(watched, "rigbus_exporter_leases_total", exporter="default/desk", result="granted") or 0

    used(watched, "counted")
    assert acquired("success") == successes + 1
    assert acquired("failure") == failures
    assert figure(watched, "rigbus_lease_wait_seconds_count") == waits + 1
    assert figure(watched, "rigbus_exporter_leases_total", exporter="default/desk", result="granted") == granted + 1
    eventually(
        lambda: figure(watched, "rigbus_exporter_leases_total", exporter="default/desk", result="released"),
        "the end is counted",
    )

    with watched.ann.service() as service:
        service.CreateLease(lease(watched, board="nosuch"), metadata=watched.ann.metadata())
    assert acquired("failure") == failures + 1
    assert acquired("success") == successes + 1


def test_figures_of_the_lab(watched):
    assert figure(watched, "rigbus_cluster_members") == 1
    assert figure(watched, "rigbus_exporters", state="online") == 1
    assert figure(watched, "rigbus_exporters", state="offline") == 0
    assert figure(watched, "rigbus_lease_active") == 0
    assert figure(watched, "rigbus_pump_open") == 0
    assert figure(watched, "jvm_threads_live_threads") > 0
    assert watched.admin("get", "metrics").out.count("rigbus_stream_bytes_total") > 0


def test_a_shell_moves_the_bytes_and_the_calls(watched):
    before = figure(watched, "rigbus_stream_bytes_total")
    done = watched.jmp("ann", "shell", "-n", "desk", "--", "j", "power", "on")
    assert done.code == 0, done.text
    assert figure(watched, "rigbus_stream_bytes_total") > before
    assert figure(watched, "rigbus_call_seconds_count", method="ControllerService/Dial", status="OK") > 0
    watched.until_ready("desk")


def test_R83_log_lines_say_lease_exporter_and_client(watched):
    used(watched, "logged")
    log = eventually(lambda: "lease.delete: ok" in watched.log and watched.log, lambda: watched.log)
    lines = [line for line in log.splitlines() if "lease=default/logged" in line]
    assert lines and all("client=default/ann" in line for line in lines), lines
    for words in ("granted", "in use", "lease.delete: ok"):
        line = next(line for line in lines if words in line)
        assert "exporter=default/desk" in line, line


def test_R83_a_failed_authentication_is_logged_once_without_the_token(watched):
    secret = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2VjcmV0"
    before = watched.log.count("authentication failed")
    with watched.ann.service() as service, pytest.raises(grpc.RpcError):
        request = client_pb2.ListLeasesRequest(parent="namespaces/default")
        service.ListLeases(request, metadata=watched.ann.metadata(authorization=f"Bearer {secret}"))
    eventually(lambda: watched.log.count("authentication failed") > before, lambda: watched.log)
    assert watched.log.count("authentication failed") == before + 1
    assert secret not in watched.log


def test_R54_no_token_in_the_log(watched):
    assert watched.ann.token not in watched.log
    assert "eyJ" not in watched.log


# The last: the node gives nothing out any more.
def test_a_node_that_drains_is_alive_but_not_ready_and_grants_nothing(watched):
    assert page(watched, "/healthz") == (200, "ok")
    assert page(watched, "/readyz") == (200, "ok")
    watched.admin("drain", "node", "n1")
    eventually(lambda: page(watched, "/readyz")[0] == 503, "not ready")
    assert "draining" in page(watched, "/readyz")[1]
    assert page(watched, "/healthz")[0] == 200
    with watched.ann.service() as service:
        made = service.CreateLease(lease(watched, name="late"), metadata=watched.ann.metadata())
        assert not made.exporter
        assert figure(watched, "rigbus_lease_active") == 0
        assert figure(watched, "rigbus_lease_waiting") == 1
        # A restart ends it, and the lease that waited is granted.
        watched.nodes[0].stop()
        watched.nodes[0].start()
        eventually(lambda: page(watched, "/readyz") == (200, "ok"), lambda: watched.log, 30)
        request = client_pb2.GetLeaseRequest(name="namespaces/default/leases/late")
        eventually(
            lambda: service.GetLease(request, metadata=watched.ann.metadata(), wait_for_ready=True).exporter,
            lambda: watched.log,
            30,
        )
