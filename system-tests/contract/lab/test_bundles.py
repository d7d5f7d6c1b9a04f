"""Bundles on the nodes of a lab that is in use: all or nothing, through restarts and deaths."""

import os
import pty
import shutil
import subprocess
import threading
import tty

import pytest
import yaml
from lab import bundles
from lab.bundles import OUTLET, board, listed, on, rigbus, serving
from lab.labs import Lab
from peers import command, run
from waiting import eventually

@pytest.fixture(scope="module")
def lab():
    with Lab(nodes=2) as lab:
        lab.client("ann")
        yield lab


@pytest.fixture(autouse=True)
def clean(lab):
    """Each test begins without bundles, and with all nodes."""
    yield
    for exporter in yaml.safe_load(lab.admin("get", "exporters", "-o", "json").out):
        if exporter["name"] != "own":  # which was in a node's file, and is known as long as that node is
            rigbus(lab, "delete", "exporter", exporter["name"])
    for bundle in listed(lab):
        # Their drivers may still be letting go.
        remove = [*command("rigbus"), "bundle", "remove", bundle["name"], "--data", str(lab.nodes[0].data)]
        eventually(lambda: run(remove).code == 0, lambda: run(remove).text, 30)


# What a stock client's own program does all the time while the drivers below it are exchanged.
USE = """
import sys, threading
from jumpstarter.utils.env import env

with env() as client:
    over, failures, calls = threading.Event(), [], 0

    def call():
        global calls
        while not over.is_set():
            try:
                client.power.call("version")
                calls += 1
            except Exception as e:
                failures.append(repr(e))
            over.wait(0.005)

    caller = threading.Thread(target=call)
    with client.serial.pexpect() as console:
        caller.start()
        for line in sys.stdin:
            console.send(line)
            console.expect_exact(line.strip().swapcase() + "!", timeout=20)
            print(line.strip(), client.power.call("version"), flush=True)
        over.set()
        caller.join()
    assert not failures, failures
    assert calls > 100, calls
"""


class Echo:
    """A board on a serial port, which gives each line back in other letters."""

    def __init__(self):
        self.device, self.port = pty.openpty()
        tty.setraw(self.port)
        self.name = os.ttyname(self.port)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        line = b""
        while True:
            try:
                byte = os.read(self.device, 1)
            except OSError:
                return
            if byte == b"\n":
                os.write(self.device, line.swapcase() + b"!\n")
                line = b""
            else:
                line += byte


def test_upgrades_under_a_lease_go_unnoticed(lab, tmp_path):
    """R35: what was disabled stays so."""
    rigbus(lab, "bundle", "deploy", bundles.outlet(tmp_path, "0"))
    rigbus(lab, "bundle", "deploy", bundles.serial(tmp_path, "0"))
    echo = Echo()
    serial = {"type": "jumpstarter_driver_pyserial.driver.PySerial", "config": {"url": echo.name, "baudrate": 115200}}
    board(lab, tmp_path, "desk", OUTLET | {"serial": serial}, "n2")
    board(lab, tmp_path, "idle", OUTLET, "n2")
    lab.admin("update", "exporter", "idle", "--disable")
    program = tmp_path / "use.py"
    program.write_text(USE)
    holder = lab.jmp_talking("ann", "shell", "-n", "desk", "--", "python", str(program))
    holder.say("hello")
    holder.until("hello 0")
    lease = lab.leases("ann")[0]["name"]
    for version in range(1, 4):
        rigbus(lab, "bundle", "upgrade", bundles.outlet(tmp_path, str(version)))
        rigbus(lab, "bundle", "upgrade", bundles.serial(tmp_path, str(version)))
        holder.say(f"go{version}")
        holder.until(f"go{version} {version}")
    assert lab.leases("ann")[0]["name"] == lease
    holder.finish()
    assert not lab.exporter("idle")["enabled"]
    lab.admin("update", "exporter", "idle", "--enable")
    assert not subprocess.run(["grep", "-c", "stay with the driver that opened them", lab.nodes[1].process.path]).returncode == 0


def test_all_or_nothing_with_the_reason(lab, tmp_path):
    first = bundles.outlet(tmp_path, "1.0")
    assert rigbus(lab, "bundle", "deploy", first).out == "bundle outlet deployed: 1.0 on n1, n2\n"
    board(lab, tmp_path, "desk", OUTLET, "n2")
    assert "is there already (1.0)" in rigbus(lab, "bundle", "deploy", first, code=4).text
    mistakes = [
        (bundles.outlet(tmp_path, "1.1", start='Future.failedFuture("no current")'), 1, "node n2: exporter desk: driver power cannot start: no current"),
        (bundles.outlet(tmp_path, "1.1", probe='Future.failedFuture("too hot")'), 1, "too hot"),
        (bundles.outlet(tmp_path, "1.1", api="2.0"), 1, "needs version 2.0 of the driver API, and this is 1.0"),
        (bundles.outlet(tmp_path, "1.1", rights="native"), 1, 'needs the right "native"'),
        (bundles.outlet(tmp_path, "1.1", name="other"), 3, "there is no bundle other"),
        (tmp_path / "none.jar", 3, "none.jar: no such file"),
    ]
    half = tmp_path / "half.jar"
    half.write_bytes(first.read_bytes()[:500])
    for file, code, text in [*mistakes, (half, 1, "half.jar: is no whole jar")]:
        assert text in rigbus(lab, "bundle", "upgrade", file, code=code).text
    assert set(serving(lab).values()) == {"1.0"}
    assert "driver power is a example.Outlet, which would be gone" in rigbus(lab, "bundle", "remove", "outlet", code=1).text
    assert "has no version before this one" in rigbus(lab, "bundle", "rollback", "outlet", code=1).text
    assert "node n9 cannot be reached" in rigbus(lab, "bundle", "upgrade", bundles.outlet(tmp_path, "1.1"), "--node", "n9", code=5).text
    assert "expected: bundle deploy FILE" in rigbus(lab, "bundle", "deploy", code=2).text

    assert "upgraded: 1.1" in rigbus(lab, "bundle", "upgrade", bundles.outlet(tmp_path, "1.1"), "--rolling").out
    assert "rolled back: 1.0" in rigbus(lab, "bundle", "rollback", "outlet", node=1).out
    on(lab, "1.0")
    rigbus(lab, "bundle", "upgrade", bundles.outlet(tmp_path, "1.2"), "--node", "n2")
    assert serving(lab) == {"n1": "1.0", "n2": "1.2"}
    deeds = lab.admin("get", "audit", "-o", "json").out
    assert "bundle.deploy" in deeds and "bundle.upgrade" in deeds and "too hot" in deeds


def test_r34_a_node_that_was_away_comes_back_with_what_the_lab_has(lab, tmp_path):
    rigbus(lab, "bundle", "deploy", bundles.outlet(tmp_path, "1.0"))
    board(lab, tmp_path, "desk", OUTLET, "n2")
    lab.nodes[1].kill()
    eventually(lambda: len(serving(lab)) == 1, "a node is missed", 60)
    rigbus(lab, "bundle", "upgrade", bundles.outlet(tmp_path, "1.1"))
    # What it had is lost, and one of its own boards needs it.
    shutil.rmtree(lab.nodes[1].data / "bundles")
    settings = yaml.safe_load(lab.nodes[1].config.read_text())
    own = {"metadata": {"name": "own"}, "export": OUTLET}
    lab.nodes[1].config.write_text(yaml.safe_dump(settings | {"exporters": [own]}))
    lab.nodes[1].start()
    on(lab, "1.1")
    for name in ["desk", "own"]:
        lab.until_ready(name)
        done = lab.jmp("ann", "shell", "-n", name, "--", "j", "power", "on")
        assert done.code == 0, done.text
    lab.nodes[1].config.write_text(yaml.safe_dump(settings))
    eventually(lambda: "has been taken away exporter=default/own" in lab.log, lambda: lab.log[-2000:])



def test_a_version_that_fails_in_its_first_minute_is_taken_back(lab, tmp_path):
    rigbus(lab, "bundle", "deploy", bundles.outlet(tmp_path, "1.0"))
    board(lab, tmp_path, "desk", OUTLET, "n2")
    rigbus(lab, "bundle", "upgrade", bundles.outlet(tmp_path, "2.0", on='throw new IllegalStateException("broken");'))
    loop = "for i in 1 2 3 4 5 6; do j power on; done; sleep 1; j power on"
    done = lab.jmp("ann", "shell", "-n", "desk", "--", "sh", "-c", loop)
    assert done.code == 0, done.text
    on(lab, "1.0")
    assert "bundle outlet 2.0 fails in its first minute (5 of 5 calls failed, the last with: broken); back to 1.0" in lab.nodes[1].process.log
    rollback = [each for each in yaml.safe_load(lab.admin("get", "audit", "-o", "json").out) if each["action"] == "bundle.rollback"][-1]
    assert rollback["actor"] == "node n2" and "broken" in rollback["details"]["reason"]
