"""A session: its status, its end, its log, and the stock shell on it."""

import threading

import grpc
import pytest
from differences import expected
from google.protobuf import empty_pb2
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from jumpstarter_protocol import jumpstarter_pb2, jumpstarter_pb2_grpc
from jumpstarter_protocol.jumpstarter.v1 import common_pb2
from peers import Exporter, status_name
from waiting import eventually

EXPORT = {
    "power": {"type": "jumpstarter_driver_power.driver.MockPower"},
    "shell": {"type": "jumpstarter_driver_shell.driver.Shell", "config": {"methods": {"slow": "sleep 3", "ok": "true"}}},
}


@pytest.fixture(scope="module")
def exporter(peer):
    with Exporter(peer, export=EXPORT) as exporter:
        yield exporter


# ---- status ----


def test_a_fresh_exporter_is_ready_and_says_how_it_came_to_that(exporter):
    status = exporter.await_status("LEASE_READY")
    assert status.message == "Ready for commands"
    assert status.status_version == 1
    assert status_name(status.previous_status) == "AVAILABLE"


def test_the_end_of_a_session_is_answered_at_once_and_twice_alike(peer):
    with Exporter(peer, export=EXPORT) as exporter:
        exporter.await_status("LEASE_READY")
        for _ in range(2):
            answer = exporter.end_session()
            assert answer.success
            assert answer.message == "Session end triggered, afterLease hook running asynchronously"
        version = exporter.await_status(expected(peer, "status after EndSession")).status_version
        assert version > 1
        with exporter.connect() as client:
            client.power.on()  # the connection and the drivers stay usable


def test_reset(exporter, peer):
    assert outcome(lambda stub, **kw: stub.Reset(jumpstarter_pb2.ResetRequest(), **kw), exporter) == expected(
        peer, "Reset"
    )


def test_health(exporter, peer):
    with exporter.channel() as channel:
        check = channel.unary_unary("/grpc.health.v1.Health/Check")
        assert code_of(lambda: check(b"", timeout=10)) == expected(peer, "health")


def test_reflection(exporter, peer):
    def ask():
        with exporter.channel() as channel:
            stub = reflection_pb2_grpc.ServerReflectionStub(channel)
            request = reflection_pb2.ServerReflectionRequest(list_services="")
            services = next(stub.ServerReflectionInfo(iter([request]), timeout=10)).list_services_response.service
            assert {"jumpstarter.v1.ExporterService", "jumpstarter.v1.RouterService"} <= {s.name for s in services}

    assert code_of(ask) == expected(peer, "reflection")


def outcome(call, exporter):
    with exporter.channel() as channel:
        stub = jumpstarter_pb2_grpc.ExporterServiceStub(channel)
        return code_of(lambda: call(stub, timeout=10))


def code_of(call):
    try:
        call()
        return "OK"
    except grpc.RpcError as error:
        return error.code().name


# ---- log ----


@pytest.fixture
def fresh(peer):
    with Exporter(peer, export=EXPORT) as exporter:
        yield exporter


def test_the_log_keeps_what_was_said_before_the_first_reader_and_stays_open(fresh):
    with fresh.connect() as client, fresh.channel() as channel:
        client.power.on()
        stream = jumpstarter_pb2_grpc.ExporterServiceStub(channel).LogStream(empty_pb2.Empty(), timeout=30)
        entries = []
        reader = threading.Thread(target=lambda: [entries.append(e) for e in until_cancelled(stream)], daemon=True)
        reader.start()

        def said(message):
            return [e for e in list(entries) if e.message == message]

        eventually(lambda: said("power on"), lambda: f"power on in {entries}")
        client.power.off()
        eventually(lambda: said("power off"), lambda: f"power off in {entries}")
        stream.cancel()
        reader.join(10)
    entry = said("power on")[0]
    assert (entry.uuid, entry.severity, entry.HasField("source")) == ("", "INFO", True)
    assert entry.source == common_pb2.LOG_SOURCE_DRIVER
    assert {e.severity for e in entries} <= {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}
    assert all(e.HasField("source") for e in entries)


def until_cancelled(stream):
    try:
        yield from stream
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.CANCELLED


def test_a_slow_call_on_one_driver_delays_nobody_else(client):
    slow = client.shell.streamingcall("call_method", "slow", {})
    running = threading.Thread(target=lambda: list(slow), daemon=True)
    running.start()
    for _ in range(20):
        client.power.on()
        assert len(list(client.power.read())) == 2
    assert running.is_alive()
    running.join(20)


# ---- jmp shell ----


@pytest.mark.parametrize("code", [0, 7])
def test_jmp_shell_ends_with_the_code_of_its_command_and_can_be_opened_again(exporter, code):
    assert exporter.jmp_shell("sh", "-c", f"exit {code}").code == code


def test_j_works_inside_jmp_shell_again_and_again(exporter):
    done = exporter.jmp_shell("sh", "-c", "j power on && j power read && j power off")
    assert (done.code, done.out.count("voltage=")) == (0, 2), done.text


def test_jmp_shell_tells_its_command_where_the_exporter_is(exporter):
    done = exporter.jmp_shell("env")
    assert done.code == 0
    words = set(done.out.splitlines())
    assert {f"JUMPSTARTER_HOST={exporter.address}", "JMP_DRIVERS_ALLOW=UNSAFE", "JMP_GRPC_INSECURE=1"} <= words


@pytest.mark.parametrize("shown", [False, True])
def test_driver_logs_are_shown_only_when_asked_for(fresh, shown):
    flags = ["--tls-grpc-insecure", *(["--exporter-logs"] if shown else [])]
    # The entry is there before the shell opens, and the command lasts longer than the log takes.
    assert fresh.j("power", "on").code == 0
    done = fresh.jmp_shell("j", "power", "read", flags=flags)
    assert done.code == 0
    assert ("power on" in done.text) == shown, done.text


def test_j_refuses_an_unknown_child_with_its_name(exporter):
    done = exporter.jmp_shell("j", "powr", "on")
    assert done.code == 1
    assert "No such command 'powr'" in done.err
