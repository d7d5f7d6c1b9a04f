"""Runs `./rigbus demo` as a person would, with and without a stock client beside it."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
STOCK = Path(sys.executable).parent
SECONDS = 120


def environment(*folders):
    """A clean one, in which programs are found in the system's folders and in those given."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JMP_", "_JMP_", "JUMPSTARTER_", "RIGBUS_"))}
    system = [f for f in kept["PATH"].split(os.pathsep) if not (Path(f) / "jmp").exists()]
    return kept | {"PATH": os.pathsep.join([*map(str, folders), *system])}


class Demo:
    """A demo under way."""

    def __init__(self, *flags, env):
        self.process = subprocess.Popen(
            [CHECKOUT / "rigbus", "demo", *flags], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        self.text = ""
        # A demo that hangs is ended, which ends the reading of what it says.
        self.guard = threading.Timer(SECONDS, self.process.kill)
        self.guard.start()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.guard.cancel()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def until(self, text):
        """Reads on until a line has this text."""
        for line in self.process.stdout:
            self.text += line
            if text in line:
                return line
        raise AssertionError(f"the demo ended without {text!r}:\n{self.text}")

    def end(self):
        """Reads the rest; the exit code."""
        self.text += self.process.stdout.read()
        return self.process.wait()

    def family(self):
        """The processes that it started, the firmware too, which has a session of its own."""
        found, todo = [], [self.process.pid]
        while todo:
            pid = todo.pop()
            try:
                tasks = list(Path(f"/proc/{pid}/task").iterdir())
                todo += [int(child) for task in tasks for child in (task / "children").read_text().split()]
            except OSError:
                continue  # it has just ended
            found.append(pid)
        return found


def alive(pids):
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


@pytest.fixture(scope="session", autouse=True)
def built():
    """The first use may build; no test's time shall count that."""
    subprocess.run([CHECKOUT / "rigbus", "--version"], check=True, capture_output=True, timeout=900)


def test_the_demo_goes_from_flash_to_power_off():
    with Demo(env=environment()) as demo:
        assert demo.end() == 0, demo.text
    story = [
        r"^1\. Start an exporter .* this machine alone$",
        r"^   listening on 127\.0\.0\.1:\d+$",
        r"^\d\. Flash an image of 16 MiB",
        r"^   flashed in \d",
        r"^\d\. Switch it on",
        r"^   \| Rigbus demo firmware",
        r"^   \| .*login: ?$",
        r"^\d\. Log in on the console$",
        r"^   \| root@virtual-board:~# ?$",
        r"^\d\. Run a command on the board$",
        r"^   \| Rigbus virtual-board 1\.0 demo",
        r"^\d\. Read what it draws$",
        r"^   5\.00 V, 0\.\d+ A$",
        r"^\d\. Switch it off$",
        r"^   the supply says 0\.00 V$",
        r"^\d\. Done; stopping the exporter$",
    ]
    at = 0
    for line in story:
        found = re.compile(line, re.MULTILINE).search(demo.text, at)
        assert found, f"{line} is missing or too early:\n{demo.text}"
        at = found.end()
    assert "\x1b" not in demo.text, "colours are for terminals"


def test_a_stock_client_takes_over_a_step():
    with Demo(env=environment(STOCK)) as demo:
        assert demo.end() == 0, demo.text
    assert f"Switch it off, with the stock client: {STOCK}/jmp" in demo.text
    assert "did not work" not in demo.text


def test_a_stock_client_that_is_broken_is_mentioned_and_no_more(tmp_path):
    (tmp_path / "jmp").write_text("#!/bin/sh\necho it is no use\nexit 3\n")
    (tmp_path / "jmp").chmod(0o755)
    with Demo(env=environment(tmp_path)) as demo:
        assert demo.end() == 0, demo.text
    assert "that did not work (it ended with 3: it is no use), so this client does it" in demo.text
    assert "the supply says 0.00 V" in demo.text


def test_a_kept_exporter_is_there_for_the_stock_client():
    env = environment(STOCK)
    with Demo("--keep", env=env) as demo:
        shell = demo.until("jmp shell --tls-grpc")  # of the step that the stock client does
        shell = demo.until("jmp shell --tls-grpc").strip()
        j = demo.until("j board power on").strip()
        demo.until("ready: ")
        typed = subprocess.run(
            ["bash", "-c", f"{shell} -- {j}"], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS
        )
        assert typed.returncode == 0, typed.stdout + typed.stderr
        family = demo.family()
        assert len(family) > 1, "the firmware should be running"
        demo.process.send_signal(signal.SIGINT)
        assert demo.end() == 0, demo.text
        assert not alive(family)


def test_ctrl_c_ends_everything():
    with Demo(env=environment()) as demo:
        demo.until("Rigbus demo firmware")
        family = demo.family()
        demo.process.send_signal(signal.SIGINT)
        assert demo.end() == 1
        assert not alive(family)
    assert "rigbus demo: ended by SIGINT" in demo.text
    assert "Traceback" not in demo.text and "\tat " not in demo.text
