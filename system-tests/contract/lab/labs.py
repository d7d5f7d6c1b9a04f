"""A lab of one or more nodes, with stock clients and stock exporters beside it.

    with Lab() as lab:
        lab.client("ann")
        lab.stock("rack1", {"board": "x"}, export={...})
        lab.jmp("ann", "shell", "-l", "board=x", "--", "j", "power", "on")
"""

import base64
import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import grpc
import yaml
from jumpstarter_protocol import client_pb2_grpc, jumpstarter_pb2_grpc, router_pb2_grpc
from peers import BIN, START_SECONDS, STOP_SECONDS, clean_environment, command, free_port, run
from waiting import eventually

POWER = {"power": {"type": "jumpstarter_driver_power.driver.MockPower"}}


class Process:
    """A program that runs until it is told to stop, with its output in a file."""

    def __init__(self, words, room, name, env=None):
        self.words = [str(w) for w in words]
        self.path = room / f"{name}.log"
        self.file = self.path.open("ab")
        self.popen = subprocess.Popen(
            self.words,
            stdin=subprocess.DEVNULL,
            stdout=self.file,
            stderr=subprocess.STDOUT,
            env=clean_environment(env),
            start_new_session=True,
            cwd=room,
        )

    @property
    def log(self):
        return self.path.read_text(errors="replace")

    @property
    def alive(self):
        return self.popen.poll() is None

    def signal(self, which):
        os.killpg(self.popen.pid, which)

    def stop(self, seconds=STOP_SECONDS):
        """Stops it the polite way, then the other; the exit code."""
        if self.alive:
            self.popen.send_signal(signal.SIGTERM)
            try:
                self.popen.wait(seconds)
            except subprocess.TimeoutExpired:
                pass
        self.kill()
        return self.popen.returncode

    def kill(self):
        # `jmp run` has a child in a group of its own.
        for pid in [self.popen.pid, *descendants(self.popen.pid)]:
            try:
                os.killpg(os.getpgid(pid), signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.popen.wait()
        self.file.close()


def descendants(pid):
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [int(child) for child in children] + [each for child in children for each in descendants(int(child))]


class Conversation:
    """A program that answers line by line."""

    def __init__(self, words, env):
        self.popen = subprocess.Popen(
            [str(w) for w in words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=clean_environment(env),
            text=True,
        )

    def say(self, line):
        self.popen.stdin.write(line + "\n")
        self.popen.stdin.flush()

    def until(self, last):
        """What it says up to a line, which must come before the test's time is over."""
        lines = []
        for line in self.popen.stdout:
            lines.append(line.rstrip("\n"))
            if lines[-1] == last:
                return lines
        raise AssertionError("it has ended:\n" + "\n".join(lines))

    def finish(self, expected=0):
        self.popen.stdin.close()
        said = self.popen.stdout.read()
        code = self.popen.wait(STOP_SECONDS)
        assert code == expected, said
        return code


class Node:
    """One `rigbus up`."""

    def __init__(self, room, name, port=None, settings=None, token=None, env=None):
        self.room = room
        self.name = name
        self.port = port or free_port()
        self.data = room / f"{name}.data"
        self.config = room / f"{name}.yaml"
        self.token = token
        self.env = env
        settings = {"apiVersion": "rigbus.dev/v1", "kind": "Node", "name": name} | (settings or {})
        settings["listen"] = f"127.0.0.1:{self.port}"
        self.config.write_text(yaml.safe_dump(settings, sort_keys=False))
        self.program = command("rigbus")
        self.process = None

    @property
    def endpoint(self):
        return f"127.0.0.1:{self.port}"

    def start(self, wait=True):
        words = [*self.program, "up", "--config", self.config, "--data", self.data]
        if self.token and not self.data.exists():
            words += ["--join-token-file", self.token]
        self.process = Process(words, self.room, self.name, self.env)
        self.before = self.starts()
        if wait:
            self.ready()
        return self

    def starts(self):
        """How often it was ready; its log goes on when it is started again."""
        return self.process.log.count(f"ready: node {self.name} ")

    def ready(self):
        eventually(
            lambda: self.starts() > self.before or not self.process.alive, lambda: self.process.log, START_SECONDS
        )
        assert self.process.alive, self.process.log

    def stop(self):
        return self.process.stop() if self.process else 0

    def kill(self):
        self.process.kill()


class Lab:
    """Nodes, and those who use them. All it makes is in one folder."""

    def __init__(self, nodes=1, settings=None, boards=None, hooks=None, environments=None, more=None):
        """`boards`: by node, by name, their labels. `hooks`: by board, `{"hooks": …}`. `environments`: by node, more variables. `more`: by node, more settings."""
        self.room = Path(tempfile.mkdtemp(prefix="lab-"))
        self.settings = settings or {}
        self.boards = boards or {}
        self.hooks = hooks or {}
        self.environments = environments or {}
        self.more = more or {}
        self.nodes = []
        self.exporters = {}
        self.size = nodes

    def __enter__(self):
        try:
            first = self.add("n1")
            for number in range(2, self.size + 1):
                name = f"n{number}"
                token = self.room / f"{name}.token"
                self.admin("create", "node", name, "--out", token)
                # One after the other: while the members change, nobody is let in.
                self.add(name, token, {"join": [first.endpoint]})
        except BaseException:
            self.__exit__()
            raise
        return self

    def add(self, name, token=None, more=None):
        """Starts one more node; what runs on it stands in `boards`."""
        settings = self.settings | self.more.get(name, {}) | (more or {})
        exporters = []
        for board, labels in self.boards.get(name, {}).items():
            file = self.room / f"{board}.yaml"
            settings_of_board = {
                "apiVersion": "jumpstarter.dev/v1alpha1",
                "kind": "ExporterConfig",
                "metadata": {"name": board, "namespace": "default"},
                "export": POWER,
            }
            file.write_text(yaml.safe_dump(settings_of_board | self.hooks.get(board, {})))
            exporters.append({"file": str(file), "labels": labels})
        if exporters:
            settings = settings | {"exporters": exporters}
        if self.size > 1:
            # They share the cores of one host, and whoever starts or comes back has a lot to say to all of them.
            settings = {"eventLoops": 4} | settings
        if self.size > 1 and "join" not in settings:
            settings = settings | {"join": [f"127.0.0.1:{free_port()}"]}
        node = Node(self.room, name, settings=settings, token=token, env=self.environments.get(name))
        self.nodes.append(node)
        return node.start()

    def __exit__(self, *error):
        for exporter in self.exporters.values():
            exporter.stop()
        for node in reversed(self.nodes):
            node.stop()
        if not any(error):
            shutil.rmtree(self.room, ignore_errors=True)

    @property
    def log(self):
        return "\n".join(f"--- {node.name}\n{node.process.log}" for node in self.nodes if node.process)

    @property
    def endpoint(self):
        return self.nodes[0].endpoint

    def admin(self, *words, code=0, node=0):
        """Runs `rigbus admin` on a node's socket."""
        done = run([*command("rigbus"), "admin", *map(str, words), "--data", str(self.nodes[node].data)])
        assert done.code == code, f"{words}: {done.code}\n{done.text}"
        return done

    def config(self, name):
        return self.room / "configs" / f"{name}.yaml"

    def client(self, name, labels=None, node=0):
        """Makes a client; its configuration is for stock `jmp`."""
        self.config(name).parent.mkdir(exist_ok=True)
        flags = [word for k, v in (labels or {}).items() for word in ("-l", f"{k}={v}")]
        self.admin("create", "client", name, *flags, "--out", self.config(name), node=node)
        # The clients of these drivers need no permission here.
        settings = yaml.safe_load(self.config(name).read_text())
        settings["drivers"] = {"allow": [], "unsafe": True}
        self.config(name).write_text(yaml.safe_dump(settings))
        return Caller(self, name, "Client")

    def identity(self, name, labels=None):
        """Makes an exporter that is only an identity, for tests that play it themselves."""
        self.config(name).parent.mkdir(exist_ok=True)
        flags = [word for k, v in (labels or {}).items() for word in ("-l", f"{k}={v}")]
        self.admin("create", "exporter", name, *flags, "--out", self.config(name))
        return Caller(self, name, "Exporter")

    def stock(self, name, labels=None, export=None, hooks=None, ready=True):
        """Starts a stock exporter."""
        if not self.config(name).exists():
            self.identity(name, labels)
        settings = yaml.safe_load(self.config(name).read_text())
        settings["export"] = export or POWER
        if hooks:
            settings["hooks"] = hooks
        self.config(name).write_text(yaml.safe_dump(settings))
        exporter = Process([BIN / "jmp", "run", "--exporter-config", self.config(name)], self.room, name)
        self.exporters[name] = exporter
        if ready:
            self.until_ready(name)
        return exporter

    def exporter(self, name):
        """What the lab says of an exporter."""
        done = self.admin("get", "exporter", name, "-o", "json")
        return yaml.safe_load(done.out)

    def until_ready(self, name, seconds=60):
        eventually(lambda: self.is_free(name), lambda: f"{self.exporter(name)}\n{self.log[-3000:]}", seconds)

    def is_free(self, name):
        state = self.exporter(name)
        return state["online"] and state["status"].lower() == "available" and not state.get("lease")

    @property
    def home(self):
        """Where stock `jmp` keeps what it writes, instead of the tester's home."""
        return self.room / "home"

    def words(self, client, *words):
        """The command line of stock `jmp` as a client."""
        words = [str(w) for w in words]
        end = words.index("--") if "--" in words else len(words)
        words[end:end] = ["--client-config", str(self.config(client))]
        return [str(BIN / "jmp"), *words]

    def jmp(self, client, *words, seconds=90, env=None, input=None):
        """Runs stock `jmp` as a client."""
        env = {"JMP_CLIENT_CONFIG_HOME": str(self.home)} | (env or {})
        return run(self.words(client, *words), seconds=seconds, env=env, input=input)

    def jmp_in_background(self, client, *words):
        """Starts stock `jmp` as a client."""
        count = len(list(self.room.glob("jmp-*.log")))
        env = {"JMP_CLIENT_CONFIG_HOME": str(self.home)}
        return Process(self.words(client, *words), self.room, f"jmp-{count}-{client}", env)

    def jmp_talking(self, client, *words):
        """Starts stock `jmp` as a client that is spoken to on its standard input."""
        return Conversation(self.words(client, *words), {"JMP_CLIENT_CONFIG_HOME": str(self.home)})

    def leases(self, client, *flags):
        done = self.jmp(client, "get", "leases", "-o", "yaml", *flags)
        assert done.code == 0, done.text
        return (yaml.safe_load(done.out) or {}).get("leases") or []


class Caller:
    """Calls the lab's services over the wire as somebody."""

    def __init__(self, lab, name, kind):
        self.lab = lab
        self.name = name
        self.kind = kind
        settings = yaml.safe_load(lab.config(name).read_text())
        self.token = settings["token"]
        self.ca = base64.b64decode(settings["tls"]["ca"])

    @property
    def full(self):
        return f"namespaces/default/{self.kind.lower()}s/{self.name}"

    def metadata(self, **changes):
        entries = {
            "authorization": f"Bearer {self.token}",
            "jumpstarter-kind": self.kind,
            "jumpstarter-namespace": "default",
            "jumpstarter-name": self.name,
        } | {k.replace("_", "-"): v for k, v in changes.items()}
        return [(k, v) for k, v in entries.items() if v is not None]

    @contextmanager
    def channel(self, node=0):
        options = [("grpc.max_receive_message_length", 4 * 1024 * 1024)]
        credentials = grpc.ssl_channel_credentials(self.ca)
        with grpc.secure_channel(self.lab.nodes[node].endpoint, credentials, options) as channel:
            yield channel

    @contextmanager
    def controller(self, node=0):
        with self.channel(node) as channel:
            yield jumpstarter_pb2_grpc.ControllerServiceStub(channel)

    @contextmanager
    def service(self, node=0):
        with self.channel(node) as channel:
            yield client_pb2_grpc.ClientServiceStub(channel)

    @contextmanager
    def router(self, endpoint):
        with grpc.secure_channel(endpoint, grpc.ssl_channel_credentials(self.ca)) as channel:
            yield router_pb2_grpc.RouterServiceStub(channel)


@contextmanager
def refused(code, *words, exactly=None):
    """Expects a refusal with this code and these words in its text, or exactly this text."""
    try:
        yield
    except grpc.RpcError as e:
        assert e.code() == code, f"{e.code()}: {e.details()}"
        assert exactly in (None, e.details()), e.details()
        # At this word the stock command line breaks down, unless it is about its token.
        assert "expired" not in e.details().replace("token is expired", ""), e.details()
        for word in words:
            assert word in e.details(), e.details()
    else:
        raise AssertionError("not refused")
