"""Log stream: points 61 to 65."""

import time

import pytest
import rig
from jumpstarter_protocol.jumpstarter.v1 import common_pb2
from raw import connection
from waiting import eventually

DRIVER, SYSTEM = common_pb2.LOG_SOURCE_DRIVER, common_pb2.LOG_SOURCE_SYSTEM
BEFORE = common_pb2.LOG_SOURCE_BEFORE_LEASE_HOOK
SEVERITIES = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
HOOK = {"beforeLease": {"script": "echo hook speaks; echo; echo 'and again   '", "timeout": 30}}


@pytest.fixture(scope="module")
def exporter(peer):
    tree = rig.tree(peer)
    for name in ("probe", "watch"):  # on stock the two share a logger
        tree[name]["config"]["log_level"] = "DEBUG"
    with rig.start(peer, tree, hooks=HOOK) as exporter:
        exporter.await_status("LEASE_READY")
        yield exporter


@pytest.fixture
def fresh(peer):
    """An exporter whose log nobody has read yet."""
    with rig.start(peer, rig.tree(peer), hooks=HOOK) as exporter:
        exporter.await_status("LEASE_READY")
        yield exporter


def until(logs, message):
    """All entries up to and including the one with the message."""
    entries = []
    for entry in logs:
        entries.append(entry)
        if entry.message == message:
            return entries
    raise AssertionError(f"no {message!r} among {entries}")


def test_point_61_what_was_logged_before_is_delivered(fresh):
    with connection(fresh) as raw:
        raw.call(raw.uuid("probe"), "log", "INFO", "before anybody listens")
        logs = raw.logs()
        messages = [entry.message for entry in until(logs, "before anybody listens")]
        assert "hook speaks" in messages
        logs.cancel()


def test_point_61_only_the_newest_256_are_kept(fresh):
    with connection(fresh) as raw:
        raw.call(raw.uuid("probe"), "log_many", 300)
        logs = raw.logs()
        messages = [entry.message for entry in until(logs, "line 299")]
        logs.cancel()
    assert len(messages) <= 256
    lines = [m for m in messages if m.startswith("line ")]
    assert lines == [f"line {i}" for i in range(300 - len(lines), 300)]
    assert len(lines) > 200 and "hook speaks" not in messages


def test_point_62_the_stream_stays_open_when_nothing_is_logged(raw, probe):
    logs = raw.logs()
    raw.call(probe, "log", "INFO", "first")
    until(logs, "first")
    quiet = time.monotonic() + 1
    eventually(lambda: raw.status() and time.monotonic() > quiet, "a second without entries")
    assert logs.is_active()
    raw.call(probe, "log", "INFO", "second")
    assert until(logs, "second")
    logs.cancel()


def test_point_63_severity_and_source_are_always_set(raw, probe):
    logs = raw.logs()
    for severity in SEVERITIES:
        raw.call(probe, "log", severity, f"as {severity}")
    entries = until(logs, "as CRITICAL")
    logs.cancel()
    for entry in entries:
        assert entry.severity in SEVERITIES and entry.HasField("source") and entry.uuid == ""
    ours = {e.message: e.severity for e in entries if e.message.startswith("as ")}
    assert ours == {f"as {severity}": severity for severity in SEVERITIES}


def test_point_64_the_source_tells_who_spoke(fresh):
    with connection(fresh) as raw:
        raw.call(raw.uuid("power"), "on")
        logs = raw.logs()
        by_message = {entry.message: entry.source for entry in until(logs, "power on")}
        logs.cancel()
    assert by_message.pop("power on") == DRIVER
    assert (by_message.pop("hook speaks"), by_message.pop("and again")) == (BEFORE, BEFORE)
    # An empty line of a script is no entry.
    assert "" not in by_message
    assert DRIVER not in by_message.values()
    assert SYSTEM in by_message.values()


def test_point_65_hook_lines_are_always_shown_and_driver_lines_on_request(fresh):
    plain = fresh.jmp_shell("j", "power", "on")
    assert plain.code == 0, plain.text
    assert "hook speaks" in plain.text and "power on" not in plain.text
    talkative = fresh.jmp_shell("j", "power", "on", flags=["--tls-grpc-insecure", "--exporter-logs"])
    assert talkative.code == 0 and "power on" in talkative.text
