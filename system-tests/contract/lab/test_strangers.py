"""Who has no right to anything, or is in somebody else's place: each call without a token, each name that is not one's own, each thing in use."""

import json

import grpc
import pytest
from jumpstarter_protocol.jumpstarter.client.v1 import client_pb2
from jumpstarter_protocol.jumpstarter.v1 import jumpstarter_pb2, router_pb2
from lab.labs import Node, refused
from lab.wire import SECONDS
from waiting import eventually

ADMINISTRATION = (
    *("Create", "Get", "List", "Update", "Delete", "RotateToken", "Revoke"),
    *("CreateNode", "DrainNode", "GetMetrics", "GetAudit", "Status", "Backup"),
)
DENIED = (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED)
# Names are looked at before tokens, as upstream does; and what is not there is not served to anybody.
HARMLESS = (*DENIED, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.UNIMPLEMENTED)


def methods():
    for file in (jumpstarter_pb2, client_pb2, router_pb2):
        for service in file.DESCRIPTOR.services_by_name.values():
            yield from (f"/{service.full_name}/{method.name}" for method in service.methods)
    yield from (f"/rigbus.lab.v1.AdminService/{name}" for name in ADMINISTRATION)


def outcome(channel, path, metadata):
    """What becomes of an empty request; the code, or what was answered."""
    call = channel.stream_stream(path)(iter([b""]), metadata=metadata, timeout=SECONDS)
    try:
        return list(call)
    except grpc.RpcError as error:
        return error.code()


@pytest.mark.parametrize("path", list(methods()))
def test_r56_each_call_without_a_token_is_refused(wire, ann, path):
    assert outcome(ann.line, path, ()) in HARMLESS


@pytest.mark.parametrize("name", ADMINISTRATION)
def test_r56_a_client_is_no_administrator(wire, ann, name):
    assert outcome(ann.line, f"/rigbus.lab.v1.AdminService/{name}", ann.metadata()) in (
        *DENIED,
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.UNKNOWN,
    )


def audit(wire):
    return json.loads(wire.lab.admin("get", "audit", "-o", "json").out or "[]")


def test_r55_nobody_acts_or_is_written_down_as_somebody_else(wire, ann, bob):
    board = wire.board()
    lease = bob.create(board.selector)
    ann.create(board.selector)
    before = [entry for entry in audit(wire) if entry["actor"] == "client default/bob"]
    forged = dict(jumpstarter_name="bob")
    request = client_pb2.DeleteLeaseRequest(name=lease.name)
    with refused(grpc.StatusCode.PERMISSION_DENIED, "default/bob"):
        ann.call(ann.desk.DeleteLease, request, **forged)
    with refused(grpc.StatusCode.UNKNOWN, exactly="DeleteLease permission denied"):
        ann.call(ann.desk.DeleteLease, request)
    report = jumpstarter_pb2.ReportStatusRequest(status=1, message="all is well")
    with refused(grpc.StatusCode.PERMISSION_DENIED, board.name):
        other = wire.exporter()
        other.call(other.control.ReportStatus, report, jumpstarter_name=board.name)
    # What somebody may not do is written down as his deed, and nothing as that of who was named.
    eventually(
        lambda: [e for e in audit(wire) if e["actor"] == "client default/ann" and e["action"] == "lease.delete"],
        lambda: str(audit(wire)),
    )
    assert [entry for entry in audit(wire) if entry["actor"] == "client default/bob"] == before


def test_r58_nobody_registers_himself(wire, ann):
    """A token that the lab's own key signed is good for who was made by an administrator, and for nobody else."""
    for kind, service in (("Client", ann.desk.ListLeases), ("Exporter", ann.control.Register)):
        subject = f"{kind.lower()}:default:nobody-made-me:00000000-0000-4000-8000-000000000000"
        token = wire.signed({"iss": "https://localhost:8085", "aud": ["jumpstarter"], "sub": subject, "exp": 2**31})
        metadata = {"authorization": f"Bearer {token}", "jumpstarter_kind": kind, "jumpstarter_name": "nobody-made-me"}
        request = (
            client_pb2.ListLeasesRequest(parent=ann.parent) if kind == "Client" else jumpstarter_pb2.RegisterRequest()
        )
        with refused(grpc.StatusCode.UNKNOWN):
            ann.call(service, request, **metadata)
        assert "nobody-made-me" not in wire.lab.admin("get", f"{kind.lower()}s", "-o", "name").out


def cannot_start(node, *words):
    node.start(wait=False)
    try:
        assert node.process.popen.wait(60) not in (0, None), node.process.log
        for word in words:
            assert word in node.process.log, node.process.log
        # Words, and no steps through the program.
        assert "\tat " not in node.process.log, node.process.log
        assert "Exception" not in node.process.log, node.process.log
    finally:
        node.process.kill()


def test_r46_a_port_in_use_is_named(wire):
    there = wire.lab.nodes[0]
    cannot_start(Node(wire.lab.room, "second", port=there.port), f"127.0.0.1:{there.port}", "in use")


def test_r46_a_folder_in_use_is_named(wire):
    there = wire.lab.nodes[0]
    second = Node(wire.lab.room, "third")
    second.data = there.data
    second.config.write_text(second.config.read_text().replace("name: third", f"name: {there.name}"))
    cannot_start(second, str(there.data), "in use")


def test_r46_a_name_in_use_is_refused(wire):
    file = wire.lab.room / "taken.token"
    done = wire.lab.admin("create", "node", wire.lab.nodes[0].name, "--out", file, code=4)
    assert wire.lab.nodes[0].name in done.err
    assert not file.exists()
    board = wire.exporter()
    assert board.name in wire.lab.admin("create", "exporter", board.name, code=4).err


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"listne": "127.0.0.1:1"}, ("listne", "listen")),
        ({"exporters": [{"file": "nosuch.yaml"}]}, ("nosuch.yaml",)),
        ({"tls": {"certificate": "nosuch.pem", "key": "nosuch.key"}}, ("nosuch.pem",)),
        ({"database": {"url": "jdbc:postgresql://127.0.0.1:1/lab"}}, ("127.0.0.1:1",)),
    ],
    ids=["key", "exporter", "certificate", "database"],
)
def test_r82_a_mistake_in_a_node_s_file_is_told_without_a_stack_trace(wire, settings, words):
    cannot_start(Node(wire.lab.room, wire.fresh("mistaken"), settings=settings), *words)


def test_r82_a_file_that_is_no_yaml(wire):
    node = Node(wire.lab.room, "unreadable")
    node.config.write_text("name: [")
    cannot_start(node, "unreadable.yaml")
