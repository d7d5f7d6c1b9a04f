"""What only ours does with Python drivers: their process dies, is made anew for the next session, does not start."""

import os
import signal
import stat
import sys
import threading
from pathlib import Path

import pytest
from peers import Exporter, run_to_end
from waiting import eventually

SCRIPT = b"Runs drivers of the Python implementation"
SLOW_PROBE = '#!/bin/sh\n[ "$1" = info ] && exec sleep 60\necho fine\n'


def driver(package, name, children=None, **config):
    return {"type": f"jumpstarter_driver_{package}.driver.{name}", "config": config} | ({"children": children} if children else {})


def parent(pid):
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def below(pid, words):
    """Processes that one has started, directly or not, with these words on their command line."""
    found = []
    for each in [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]:
        above = each
        while above > 1 and above != pid:
            above = parent(above)
        if above == pid and each != pid and words in Path(f"/proc/{each}/cmdline").read_bytes():
            found.append(each)
    return found


def processes(exporter):
    return below(exporter.process.pid, SCRIPT)


@pytest.fixture
def probe(tmp_path):
    file = tmp_path / "probe-rs"
    file.write_text(SLOW_PROBE)
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return str(file)


def test_a_process_that_is_killed_fails_its_calls_alone_and_comes_back(tmp_path, probe):
    export = {
        "power": driver("power", "MockPower"),
        "probe": driver("probe_rs", "ProbeRs", probe_rs_path=probe),
        "tftp": driver("tftp", "Tftp", root_dir=str(tmp_path / "tftp"), host="127.0.0.1"),
    }
    with Exporter("rigbus", export=export, python={"environment": sys.prefix}) as exporter, exporter.connect() as client:
        uuids = [each.uuid for each in exporter.report().reports]
        said = []

        def info():
            try:
                client.children["probe"].info()
            except Exception as failure:
                said.append(str(failure))

        caller = threading.Thread(target=info, daemon=True)
        caller.start()
        (pid,) = processes(exporter)
        eventually(lambda: below(pid, b"sleep"), "the call is under way")
        os.kill(pid, signal.SIGKILL)
        caller.join(10)
        assert "UNAVAILABLE" in said[0] and "driver's process has ended" in said[0], said
        client.children["power"].on()

        def back():
            try:
                return client.children["probe"].call("erase")
            except Exception:
                return None

        assert eventually(back, "it comes back", 20) == "fine\n"
        assert [each.uuid for each in exporter.report().reports] == uuids
        client.children["tftp"].storage.write_bytes("boot", b"1")


def test_what_a_session_leaves_is_gone_for_the_next(tmp_path):
    export = {"tftp": driver("tftp", "Tftp", root_dir=str(tmp_path / "tftp"), host="127.0.0.1")}
    with Exporter("rigbus", export=export, python={"environment": sys.prefix}) as exporter:
        with exporter.connect() as client:
            client.children["tftp"].storage.write_bytes("boot", b"1")
        exporter.end_session()
        eventually(lambda: not (tmp_path / "tftp" / "boot").exists(), "the file goes")
        exporter.await_status("LEASE_READY")
        with exporter.connect() as client:
            assert not client.children["tftp"].storage.exists("boot")
        (pid,) = processes(exporter)
    eventually(lambda: not os.path.exists(f"/proc/{pid}"), "its process goes with it")


def test_an_exporter_that_is_killed_leaves_no_process(tmp_path):
    export = {"tftp": driver("tftp", "Tftp", root_dir=str(tmp_path / "tftp"), host="127.0.0.1")}
    with Exporter("rigbus", export=export, python={"environment": sys.prefix}) as exporter:
        (pid,) = processes(exporter)
        os.kill(exporter.process.pid, signal.SIGKILL)
        eventually(lambda: not os.path.exists(f"/proc/{pid}"), "it ends by itself", 20)


@pytest.mark.parametrize(
    "export, python, words",
    [
        ({"uboot": driver("uboot", "UbootConsole")}, {"environment": sys.prefix}, "uboot: ValueError: UbootConsole: power driver not configured"),
        ({"can": driver("can", "Can", channel="x", interface="nosuch")}, {"environment": sys.prefix}, "can: "),
        ({"can": driver("can", "Can")}, {"environment": "/nonexistent"}, "python.environment: /nonexistent is no virtual environment"),
        ({"can": driver("can", "Can")}, {"environment": "venv"}, "expected: an absolute path"),
        ({"can": driver("can", "Kan")}, {}, "Nearest: jumpstarter_driver_can.driver.Can"),
        ({"x": {"type": "mine.Driver"}}, {"environment": sys.prefix}, "x: "),
    ],
)
def test_a_driver_that_does_not_start_says_why(export, python, words, tmp_path):
    temporary = {"RIGBUS_JAVA_OPTS": f"-Djava.io.tmpdir={tmp_path}"}
    done = run_to_end("rigbus", export=export, python=python, env=temporary)
    assert done.code == 1, done.text
    assert words in done.text, done.text
    assert "Traceback" not in done.text and "\tat " not in done.text, done.text
    assert not list(tmp_path.glob("rigbus-python-*")), "its folder is left"


@pytest.mark.timeout(300)
def test_an_environment_is_made_once(tmp_path):
    export = {
        "ssh": driver("network", "TcpNetwork", host="127.0.0.1", port=22),
        "tmt": driver("tmt", "TMT", {"ssh": {"ref": "ssh"}}, reboot_cmd="reboot"),
    }
    logs = []
    for _ in range(2):
        with Exporter("rigbus", export=export, env={"XDG_CACHE_HOME": str(tmp_path)}) as exporter:
            with exporter.connect() as client:
                assert client.children["tmt"].call("get_reboot_cmd") == "reboot"
            logs.append(exporter.log)
    assert "making the environment of jumpstarter-driver-" in logs[0]
    assert "making the environment" not in logs[1]


@pytest.mark.timeout(300)
def test_what_pip_cannot_install_is_told(tmp_path):
    export = {"can": driver("can", "Can", channel="x", interface="virtual")}
    done = run_to_end(
        "rigbus", export=export, python={"packages": ["jumpstarter-no-such-package==0.9.0"]},
        env={"XDG_CACHE_HOME": str(tmp_path)}, seconds=120,
    )  # fmt: skip
    assert done.code == 1, done.text
    assert "pip cannot install jumpstarter-no-such-package==0.9.0" in done.text
