"""Runs what the documentation tells people to type, and checks the configurations that it shows.

The shell blocks of a page run in order in a copy of the checkout, each in a bash of its own but with the variables that earlier ones exported.
An HTML comment above a block may say `in the background, until it is ready`, `in the background`, `after the last node was killed`, or
`not run: WHY`.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from peers import free_port

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^(?:<!-- (?P<note>[^>]*?) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
PORT = re.compile(r"\b1909\d\b")  # what the pages say; a free one stands in for each
SECONDS = 180
HEAD = {
    "apiVersion": "jumpstarter.dev/v1alpha1",
    "kind": "ExporterConfig",
    "metadata": {"namespace": "default", "name": "docs"},
}


@dataclass(frozen=True)
class Block:
    page: Path
    line: int
    note: str
    kind: str
    text: str

    def __str__(self):
        return f"{self.page.relative_to(CHECKOUT)}:{self.line}"


def blocks(page, *kinds):
    text = page.read_text()
    for found in BLOCK.finditer(text):
        if found["kind"] in kinds:
            line = text.count("\n", 0, found.start("text")) + 1
            yield Block(page, line, found["note"] or "", found["kind"], found["text"])


@pytest.fixture
def copy(tmp_path):
    """The files of the checkout, and what was built of them."""
    listed = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=CHECKOUT, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (CHECKOUT / name).is_file():
            target = tmp_path / "rigbus" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((CHECKOUT / name).read_bytes())
            target.chmod((CHECKOUT / name).stat().st_mode)
    (tmp_path / "rigbus/app/target").symlink_to(CHECKOUT / "app/target")
    return tmp_path / "rigbus"


class Terminal:
    """Where the blocks of one page are typed."""

    def __init__(self, folder):
        self.folder = folder
        self.ports = {}
        self.running = []
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("JMP_", "_JMP_", "JUMPSTARTER_", "RIGBUS_"))}
        self.env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{self.env['PATH']}"
        # What clients and nodes keep at home is none of the tester's.
        self.env["HOME"] = str(folder.parent)

    def port(self, shown):
        if shown[0] not in self.ports:
            port = str(free_port())
            while port in self.ports.values():
                port = str(free_port())
            self.ports[shown[0]] = port
        return self.ports[shown[0]]

    def type(self, block):
        text = PORT.sub(self.port, block.text)
        if block.note.startswith("in the background"):
            self.start(block, text)
            return
        if block.note == "after the last node was killed":
            lost = self.running.pop()
            os.killpg(lost.pid, signal.SIGKILL)
            lost.wait()
        saved = self.folder.parent / "environment"
        script = f"set -e\n{text}\nenv -0 > {shlex.quote(str(saved))}\n"
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL, timeout=SECONDS,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
        assert done.returncode == 0, f"{block} ended with {done.returncode}:\n{done.stdout}"
        self.env = dict(each.split("=", 1) for each in saved.read_text().split("\0") if each)

    def start(self, block, text):
        log = self.folder.parent / f"background-{len(self.running)}"
        with log.open("w") as out:
            process = subprocess.Popen(
                ["bash", "-c", "exec " + text], cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
                stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.running.append(process)
        deadline = time.monotonic() + SECONDS
        while "until it is ready" in block.note and "ready:" not in log.read_text():
            assert process.poll() is None and time.monotonic() < deadline, f"{block} is not ready:\n{log.read_text()}"
            time.sleep(0.05)

    def close(self):
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        for process in self.running:
            try:
                assert process.wait(30) == 0
            finally:
                process.kill()


@pytest.mark.parametrize("page", [p for p in PAGES if any(blocks(p, "sh"))], ids=lambda p: str(p.relative_to(CHECKOUT)))
def test_what_the_page_says_can_be_typed(page, copy):
    terminal = Terminal(copy)
    try:
        for block in blocks(page, "sh"):
            if not block.note.startswith("not run: "):
                terminal.type(block)
    finally:
        terminal.close()


@pytest.mark.parametrize("block", [b for p in PAGES for b in blocks(p, "yaml")], ids=str)
def test_the_configuration_that_is_shown_is_right(block, tmp_path):
    shown = yaml.safe_load(block.text)
    if "apiVersion" not in shown:
        top = {key: shown[key] for key in ("endpoint", "grpcOptions", "hooks", "python") if key in shown}
        shown = HEAD | (top or {"export": shown.get("export", shown)})
    file = tmp_path / "exporter.yaml"
    file.write_text(yaml.safe_dump(shown, sort_keys=False))
    done = subprocess.run([CHECKOUT / "rigbus", "check", file], capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, f"{block}: {done.stdout}{done.stderr}"


@pytest.mark.parametrize("file", sorted((CHECKOUT / "docs/examples").glob("*.yaml")), ids=lambda f: f.name)
def test_the_example_is_right(file):
    done = subprocess.run([CHECKOUT / "rigbus", "check", file], capture_output=True, text=True, timeout=SECONDS)
    assert (done.returncode, done.stdout) == (0, f"{file}: ok\n"), done.stderr


def test_every_link_within_the_documentation_leads_somewhere():
    dead = []
    for page in [*PAGES, CHECKOUT / "CONTRIBUTING.md", CHECKOUT / "CHANGELOG.md"]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            if not (page.parent / target).exists():
                dead.append(f"{page.relative_to(CHECKOUT)}: {target}")
    assert not dead
