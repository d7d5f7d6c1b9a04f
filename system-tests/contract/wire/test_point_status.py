"""Status and hooks: points 66 to 73."""

import subprocess
import sys
import textwrap
import time

import grpc
import peers
import pytest
import rig
from peers import status_name
from raw import connection
from waiting import eventually

POWER = {"power": rig.POWER}


def hook(script, **keys):
    return {"script": script, "timeout": 30} | keys


def exporter_with(peer, before=None, after=None):
    hooks = {name: h for name, h in (("beforeLease", before), ("afterLease", after)) if h}
    return rig.start(peer, POWER, hooks=hooks)


def test_point_66_a_fresh_exporter_is_ready(peer):
    with rig.start(peer, POWER) as exporter:
        status = exporter.await_status("LEASE_READY")
        assert status.status_version == 1
        assert status_name(status.previous_status) == "AVAILABLE"
        assert status.message == "Ready for commands"


def test_point_67_j_works_while_the_before_hook_runs(peer, tmp_path):
    script = f"""
        j power on > {tmp_path}/said 2>&1 && echo powered >> {tmp_path}/said
        until [ -e {tmp_path}/go ]; do sleep 0.05; done
        """
    with exporter_with(peer, before=hook(textwrap.dedent(script))) as exporter:
        status = exporter.await_status("BEFORE_LEASE_HOOK")
        assert (status.status_version, status.message) == (1, "Running beforeLease hook")
        said = tmp_path / "said"
        eventually(lambda: said.exists() and "powered" in said.read_text(), "j power on has worked", 20)
        assert status_name(exporter.status().status) == "BEFORE_LEASE_HOOK"
        (tmp_path / "go").touch()
        status = exporter.await_status("LEASE_READY")
        assert status.status_version == 2
        assert status_name(status.previous_status) == "BEFORE_LEASE_HOOK"


def test_point_68_a_failed_before_hook_warns(peer):
    with exporter_with(peer, before=hook("exit 3", onFailure="warn")) as exporter:
        status = exporter.await_status("LEASE_READY")
        assert status.message == "[HOOK_WARNING] beforeLease hook warning: Hook failed with exit code 3"
        shell = exporter.jmp_shell("j", "power", "on")
        assert shell.code == 0 and "Warning: " in shell.text


def test_point_68_a_failed_before_hook_ends_the_lease(peer):
    with exporter_with(peer, before=hook("exit 3", onFailure="endLease")) as exporter:
        status = exporter.await_status("BEFORE_LEASE_HOOK_FAILED")
        assert status.message == "beforeLease hook failed (on_failure=endLease): Hook failed with exit code 3"
        shell = exporter.jmp_shell("j", "power", "on")
        assert shell.code == 1 and "beforeLease hook failed" in shell.text


def test_point_68_a_failed_before_hook_stops_the_exporter(peer, tmp_path):
    done = peers.run_to_end(peer, export=POWER, hooks={"beforeLease": hook("exit 3", onFailure="exit")})
    assert "Hook failed with exit code 3" in done.text


def test_point_69_a_hook_over_its_timeout_is_killed(peer, tmp_path):
    # The shell of the hook writes its own number down, so that its end can be seen.
    script = f"echo $$ > {tmp_path}/pid; sleep 600"
    with exporter_with(peer, before=hook(script, timeout=1)) as exporter:
        status = exporter.await_status("LEASE_READY")
        assert status.message == "[HOOK_WARNING] beforeLease hook warning: Hook timed out after 1 seconds"
        pid = (tmp_path / "pid").read_text().strip()
        eventually(lambda: not running(pid), "the hook is gone")


def running(pid):
    return subprocess.run(["kill", "-0", pid], stderr=subprocess.DEVNULL).returncode == 0


def test_point_70_end_session_answers_at_once_and_twice(peer):
    with rig.start(peer, POWER) as exporter, connection(exporter) as raw:
        exporter.await_status("LEASE_READY")
        started = time.monotonic()
        for _ in range(2):
            answer = raw.end_session()
            assert answer.success
            assert answer.message == "Session end triggered, afterLease hook running asynchronously"
        assert time.monotonic() - started < 2


def test_point_70_the_after_hook_runs_once_and_the_exporter_is_ready_again(peer, tmp_path):
    log, go = tmp_path / "log", tmp_path / "go"
    before = hook(f"echo before >> {log}")
    after = hook(f"echo after >> {log}; until [ -e {go} ]; do sleep 0.05; done")
    with exporter_with(peer, before, after) as exporter, connection(exporter) as raw:
        exporter.await_status("LEASE_READY")
        first = raw.end_session()
        assert first.success
        exporter.await_status("AFTER_LEASE_HOOK")
        assert raw.end_session() == first
        go.touch()
        exporter.await_status("LEASE_READY")
        assert log.read_text().split() == ["before", "after", "before"]


LOCAL = """
import os, sys, grpc
from jumpstarter_protocol import jumpstarter_pb2, jumpstarter_pb2_grpc
with grpc.insecure_channel("unix:" + os.environ["JUMPSTARTER_HOST"]) as channel:
    stub = jumpstarter_pb2_grpc.ExporterServiceStub(channel)
    answer = stub.EndSession(jumpstarter_pb2.EndSessionRequest(), timeout=10)
    print(answer.success, answer.message)
"""


def answer_without_a_session(peer, room):
    """Stock has no session context in its local mode only; a rigbus exporter that is on its way out begins no other."""
    if peer == "stock":
        config = room / "exporter.yaml"
        config.write_text(peers.config_text(export=POWER))
        shell = [peers.BIN / "jmp", "shell", "--exporter-config", config, "--", sys.executable, "-c", LOCAL]
        done = peers.run(shell)
        assert done.code == 0, done.text
        return done.out.strip()
    after = hook(f"until [ -e {room}/go ]; do sleep 0.05; done")
    with exporter_with(peer, after=after) as exporter, connection(exporter) as raw:
        exporter.await_status("LEASE_READY")
        exporter.process.terminate()
        exporter.await_status("AFTER_LEASE_HOOK")
        answer = raw.end_session()
        (room / "go").touch()
        exporter.wait()
        return f"{answer.success} {answer.message}"


def test_point_71_end_session_without_a_session_answers_false(peer, tmp_path):
    assert answer_without_a_session(peer, tmp_path) == "False No active lease context"


@pytest.mark.parametrize("on_failure", ["endLease", "exit"])
def test_point_72_a_failed_after_hook_stays_visible_for_a_second(peer, on_failure):
    with exporter_with(peer, after=hook("exit 4", onFailure=on_failure)) as exporter, connection(exporter) as raw:
        exporter.await_status("LEASE_READY")
        assert raw.end_session().success
        status = exporter.await_status("AFTER_LEASE_HOOK_FAILED")
        seen = time.monotonic()
        assert status.message.startswith(f"afterLease hook failed (on_failure={on_failure}")

        def over():
            try:
                return status_name(raw.status().status) != "AFTER_LEASE_HOOK_FAILED"
            except grpc.RpcError:
                return True  # on exit the exporter goes away

        eventually(over, "the state passes")
        # The state was reached up to one poll before it was seen.
        assert time.monotonic() - seen > 0.8
        if on_failure == "exit":
            exporter.wait()


def test_point_73_jmp_shell_ends_with_the_code_of_its_command(peer):
    with rig.start(peer, POWER) as exporter:
        assert exporter.jmp_shell("sh", "-c", "j power on && exit 7").code == 7
        assert exporter.jmp_shell("j", "power", "on").code == 0
