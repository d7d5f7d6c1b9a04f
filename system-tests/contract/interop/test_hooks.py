"""Hooks before and after the lease, in every way that they can end."""

import time
from pathlib import Path

import grpc
import pytest
from differences import expected
from jumpstarter.client.core import DriverError, ExporterNotReady
from peers import Exporter, status_name
from waiting import eventually

EXPORT = {"power": {"type": "jumpstarter_driver_power.driver.MockPower"}}


def hook(script, **keys):
    return {"script": script, **keys}


def open_exporter(peer, before=None, after=None, **keys):
    hooks = {name: hook for name, hook in (("beforeLease", before), ("afterLease", after)) if hook}
    return Exporter(peer, export=EXPORT, hooks=hooks, **keys)


def statuses(exporter, last, seconds=20):
    """The states that a client sees that asks all the time, up to the given one."""
    seen = []

    def reached():
        name = status_name(exporter.status().status)
        if name not in seen[-1:]:
            seen.append(name)
        return name == last

    eventually(reached, lambda: f"{last} after {seen}\n{exporter.log}", seconds)
    return seen


def lines(path):
    return path.read_text().splitlines() if path.exists() else []


# ---- hooks that work ----


def test_the_hook_before_the_lease_runs_first_and_drives_the_board(peer, tmp_path):
    gate, notes = tmp_path / "gate", tmp_path / "notes"
    before = hook(
        f"""
        j power on || exit 9
        echo "lease=$LEASE_NAME client=$CLIENT_NAME term=$TERM allow=$JMP_DRIVERS_ALLOW" > {notes}
        test -t 0 && test -t 1 && test -t 2 && echo tty >> {notes}
        test -S "$JUMPSTARTER_HOST" && echo socket >> {notes}
        echo "hello from the hook   "
        touch {gate}.there
        while [ ! -e {gate} ]; do sleep 0.02; done
        """
    )
    with open_exporter(peer, before) as exporter:
        eventually((tmp_path / "gate.there").exists, lambda: f"the hook\n{exporter.log}", 30)
        status = exporter.status()
        assert (status_name(status.status), status.message) == ("BEFORE_LEASE_HOOK", "Running beforeLease hook")
        assert (status.status_version, status_name(status.previous_status)) == (1, "AVAILABLE")
        with exporter.connect() as client:
            client.power.on()  # a client may drive already
        gate.touch()
        status = exporter.await_status("LEASE_READY")
        assert (status.message, status.status_version) == ("Ready for commands", 2)
        assert lines(notes) == ["lease=standalone client= term=dumb allow=UNSAFE", "tty", "socket"]
        # What a hook says is shown to whoever opens a shell, unasked.
        done = exporter.jmp_shell("j", "power", "read")
        assert done.code == 0
        assert "hello from the hook" in done.text
        assert "exporter:beforeLease" in done.text


def test_the_hook_after_the_lease_runs_when_the_exporter_is_told_to_end(peer, tmp_path):
    notes = tmp_path / "notes"
    after = hook(f"j power off && echo after=$LEASE_NAME >> {notes}")
    with open_exporter(peer, hook(f"echo before >> {notes}"), after) as exporter:
        exporter.await_status("LEASE_READY")
        exporter.stop()
        assert lines(notes) == ["before", "after=standalone"]


def test_another_interpreter_and_script_files(peer, tmp_path):
    notes = tmp_path / "notes"
    script = tmp_path / "after.py"
    script.write_text(f"import sys; open({str(notes)!r}, 'a').write(f'python {{sys.argv[1:]}}\\n')\n")
    before = hook(f"words=(one two); echo ${{words[1]}} >> {notes}", exec="/bin/bash")
    with open_exporter(peer, before, hook(str(script))) as exporter:
        exporter.await_status("LEASE_READY")
        exporter.stop()
    assert lines(notes) == ["two", "python []"]


def test_a_blank_hook_is_skipped(peer):
    with open_exporter(peer, hook("  \n ")) as exporter:
        assert exporter.await_status("LEASE_READY").message == "Ready for commands"


def test_a_hook_and_a_passphrase(peer, tmp_path):
    before = hook(f"j power on && echo works > {tmp_path}/notes || echo refused > {tmp_path}/notes")
    with open_exporter(peer, before, passphrase="s3cret") as exporter:
        exporter.await_status("LEASE_READY", seconds=30)
    assert lines(tmp_path / "notes") == [expected(peer, "j in a hook with a passphrase")]


# ---- hooks that fail ----


def test_a_failing_hook_that_only_warns_leaves_the_board_usable(peer):
    with open_exporter(peer, hook("echo trouble; exit 3", onFailure="warn")) as exporter:
        message = exporter.await_status("LEASE_READY").message
        assert message == "[HOOK_WARNING] beforeLease hook warning: Hook failed with exit code 3"
        done = exporter.jmp_shell("sh", "-c", "j power on && exit 5")
        assert done.code == 5
        assert "Warning: beforeLease hook warning: Hook failed with exit code 3" in done.text
        assert "trouble" in done.text


def test_a_failing_hook_warns_where_nothing_else_is_said(peer):
    with open_exporter(peer, hook("exit 4")) as exporter:
        assert exporter.await_status("LEASE_READY").message.startswith("[HOOK_WARNING] ")


def test_a_hook_over_its_time_is_killed(peer, tmp_path):
    pid = tmp_path / "pid"
    with open_exporter(peer, hook(f"echo $$ > {pid}; exec sleep 60", timeout=1)) as exporter:
        message = exporter.await_status("LEASE_READY").message
        assert message == "[HOOK_WARNING] beforeLease hook warning: Hook timed out after 1 seconds"
        eventually(lambda: not Path("/proc", pid.read_text().strip()).exists(), "the end of the hook")


@pytest.mark.parametrize(("script", "keys", "reason"), [
    ("exit 3", {}, "Hook failed with exit code 3"),
    ("sleep 60", {"timeout": 1}, "Hook timed out after 1 seconds"),
])  # fmt: skip
def test_a_failing_hook_can_end_the_lease(peer, tmp_path, script, keys, reason):
    after = hook(f"touch {tmp_path}/after")
    with open_exporter(peer, hook(script, onFailure="endLease", **keys), after) as exporter:
        status = exporter.await_status("BEFORE_LEASE_HOOK_FAILED")
        assert status.message == f"beforeLease hook failed (on_failure=endLease): {reason}"
        done = exporter.jmp_shell("true")
        assert done.code == 1
        assert reason in done.err
        with exporter.connect() as client:
            assert attempt(client.power.on) == expected(peer, "call after a failed beforeLease")
        assert exporter.status().status == status.status
        exporter.stop()
    assert not (tmp_path / "after").exists()


def attempt(call):
    try:
        call()
        return "runs"
    except ExporterNotReady as error:
        assert isinstance(error, DriverError)
        return "refused"


@pytest.mark.parametrize(
    ("script", "reason"), [("exit 3", "Hook failed with exit code 3"), ("sleep 60", "Hook timed out after 1 seconds")]
)
def test_a_failing_hook_can_end_the_exporter(peer, tmp_path, script, reason):
    before = hook(script, onFailure="exit", timeout=1)
    exporter = open_exporter(peer, before, hook(f"touch {tmp_path}/after"))
    with exporter.launch_only():
        code = exporter.wait()
        assert ("0" if code == 0 else "not 0") == expected(peer, "exit code after a hook that ends the exporter")
        assert reason in exporter.log
    assert not (tmp_path / "after").exists()


# ---- the end of a session ----


def test_the_hook_after_the_lease_and_the_end_of_a_session(peer, tmp_path):
    before, after = hook(f"echo before >> {tmp_path}/notes"), hook(f"echo after >> {tmp_path}/notes")
    with open_exporter(peer, before, after) as exporter:
        first = exporter.await_status("LEASE_READY").status_version
        assert exporter.end_session().success and exporter.end_session().success
        eventually(
            lambda: exporter.status().status_version > first
            and status_name(exporter.status().status) == expected(peer, "status after EndSession"),
            lambda: f"the end of the session\n{exporter.log}",
        )
        ran = ["after", "before"] if expected(peer, "afterLease at EndSession") else []
        assert lines(tmp_path / "notes") == ["before", *ran]


@pytest.mark.parametrize("mode", ["endLease", "exit"])
def test_a_failing_hook_after_the_lease_can_be_seen(peer, mode):
    with open_exporter(peer, after=hook("exit 3", onFailure=mode)) as exporter:
        exporter.await_status("LEASE_READY")
        begin = time.monotonic()
        exporter.end_session()
        if not expected(peer, "afterLease at EndSession"):
            exporter.await_status("AVAILABLE")
            return
        status = exporter.await_status("AFTER_LEASE_HOOK_FAILED")
        assert status.message.startswith(f"afterLease hook failed (on_failure={mode}")
        eventually(lambda: gone_from(exporter, "AFTER_LEASE_HOOK_FAILED"), "the state after the failure")
        assert time.monotonic() - begin >= 1.0


def gone_from(exporter, name):
    """Whether the exporter is in another state, or has ended, perhaps while it was asked."""
    try:
        return status_name(exporter.status().status) != name
    except (AssertionError, grpc.RpcError):
        return exporter.process.poll() is not None


def test_a_hook_after_the_lease_that_fails_does_not_keep_the_exporter_from_ending(peer, tmp_path):
    after = hook(f"touch {tmp_path}/after; exit 3", onFailure="warn")
    with open_exporter(peer, after=after) as exporter:
        exporter.await_status("LEASE_READY")
        exporter.stop()
    assert (tmp_path / "after").exists()
