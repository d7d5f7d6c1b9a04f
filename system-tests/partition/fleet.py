"""A lab on several hosts: a node and a board on each, one board over two of them, one stock exporter on a host of its own, clients everywhere."""

import json
import os
import signal
import sys
from pathlib import Path

import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT / "system-tests" / "contract"))

from lab.labs import Process  # noqa: E402
from peers import BIN, command, run  # noqa: E402
from waiting import eventually  # noqa: E402

HERE = Path(__file__).resolve().parent
PROBE = CHECKOUT / "system-tests" / "target" / "probe-tests.jar"
PORT = 8082
STOCK = "s1"
SPREAD = "spread"
START_SECONDS = 120


class Fleet:
    def __init__(self, room, network, nodes, clients, seed, fenced=True):
        self.room = room
        self.hosts = network.hosts
        self.size = nodes
        self.nodes = {}
        self.frozen = set()
        self.players = {}
        self.clients = clients
        self.seed = seed
        self.fenced = fenced
        self.exporter = None
        self.surprises = []

    # ---- names ----

    @property
    def boards(self):
        return [*(f"b{n + 1}" for n in range(self.size)), SPREAD, STOCK]

    def book(self, board):
        return self.room / f"{board}.book"

    def database(self, node):
        return self.data(node) / "lab.db"

    def data(self, node):
        return self.room / f"n{node + 1}.data"

    def endpoint(self, node):
        return f"{self.hosts[node].address}:{PORT}"

    # ---- start and stop ----

    def __enter__(self):
        try:
            for node in range(self.size):
                self.configure(node)
                self.start(node)
                self.until_ready(node)
            self.start_stock()
            for host in range(self.size + 1):
                self.play(host)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error):
        for process in [*self.players.values(), self.exporter, *self.nodes.values()]:
            if process:
                process.kill()

    def configure(self, node):
        names = [f"b{node + 1}"] + ([SPREAD] if node == 0 else [])
        exporters = []
        for name in names:
            file = self.room / f"{name}.yaml"
            settings = self.exporter_file(name, "rigbus.testing.Ledger")
            if name == SPREAD:
                # Its lease is looked after on the first host, and its device is on the second.
                settings["export"]["ledger"]["node"] = "n2"
            file.write_text(yaml.safe_dump(settings))
            exporters.append({"file": str(file), "labels": {"board": name}})
        self.config(node).write_text(yaml.safe_dump({
            "apiVersion": "rigbus.dev/v1",
            "kind": "Node",
            "name": f"n{node + 1}",
            "listen": self.endpoint(node),
            "join": [self.endpoint(other) for other in range(self.size) if other != node],
            "exporters": exporters,
        }))

    def config(self, node):
        return self.room / f"n{node + 1}.yaml"

    def exporter_file(self, board, kind):
        return {
            "apiVersion": "jumpstarter.dev/v1alpha1",
            "kind": "ExporterConfig",
            "metadata": {"name": board, "namespace": "default"},
            "export": {"ledger": {"type": kind, "config": {"file": str(self.book(board))}}},
        }

    def start(self, node):
        words = [*self.rigbus(), "up", "--config", self.config(node), "--data", self.data(node)]
        if not self.data(node).exists() and node:
            token = self.room / f"n{node + 1}.token"
            self.admin("create", "node", f"n{node + 1}", "--out", token)
            words += ["--join-token-file", token]
        env = {"RIGBUS_EXTRA_CLASSPATH": str(PROBE)}
        self.nodes[node] = Process(self.hosts[node].inside(*words), self.room, f"n{node + 1}", env)

    def rigbus(self):
        """The command; without the fence, its Java with two classes in front of the real ones."""
        if self.fenced:
            return command("rigbus")
        classes = self.room / "unfenced"
        jar = CHECKOUT / "app" / "target" / "rigbus.jar"
        java = Path(os.environ["JAVA_HOME"]) / "bin"
        if not classes.exists():
            sources = [str(source) for source in (HERE / "unfenced").rglob("*.java")]
            done = run([java / "javac", "-nowarn", "-proc:none", "-cp", jar, "-d", classes, *sources])
            assert done.code == 0, done.text
        return [java / "java", "-Xmx128m", "-XX:+UseSerialGC", "-cp", f"{classes}:{jar}:{PROBE}", "dev.rigbus.app.Main"]

    def until_ready(self, node):
        process = self.nodes[node]
        eventually(
            lambda: "ready: node" in process.log or not process.alive, lambda: process.log[-3000:], START_SECONDS
        )
        assert process.alive, process.log[-3000:]

    def start_stock(self):
        file = self.room / f"{STOCK}.yaml"
        self.admin("create", "exporter", STOCK, "-l", f"board={STOCK}", "--out", file)
        settings = yaml.safe_load(file.read_text())
        settings |= {"export": self.exporter_file(STOCK, "ledger.Ledger")["export"]}
        # Any node will do; each has a certificate for this name beside those that are its own.
        settings["endpoint"] = "ipv4:" + ",".join(self.endpoint(node) for node in range(self.size))
        settings["grpcOptions"] = {"grpc.ssl_target_name_override": "localhost", "grpc.keepalive_time_ms": 5000,
                                   "grpc.keepalive_timeout_ms": 3000, "grpc.max_reconnect_backoff_ms": 2000}
        file.write_text(yaml.safe_dump(settings))
        words = self.hosts[self.size].inside(BIN / "jmp", "run", "--exporter-config", file)
        self.exporter = Process(words, self.room, STOCK, {"PYTHONPATH": str(HERE)})

    def play(self, host):
        """Starts the clients of a host; those without a node of their own begin with the first."""
        order = [self.endpoint((host + n) % self.size) for n in range(self.size)]
        identity = f"c{host + 1}"
        file = self.room / f"{identity}.yaml"
        self.admin("create", "client", identity, "--out", file)
        settings = yaml.safe_load(file.read_text())
        clients = [
            {"name": f"{identity}x{number + 1}", "identity": identity, "token": settings["token"],
             "ca": settings["tls"]["ca"], "seed": f"{self.seed}/{host}/{number}"}
            for number in range(self.clients)
        ]
        config = self.room / f"players{host + 1}.json"
        config.write_text(json.dumps({"clients": clients, "endpoints": order, "boards": self.boards,
                                      "log": str(self.room / f"players{host + 1}.events")}))
        words = self.hosts[host].inside(sys.executable, HERE / "player.py", config)
        self.players[host] = Process(words, self.room, f"players{host + 1}")

    def stop_players(self):
        for player in self.players.values():
            player.popen.send_signal(signal.SIGTERM)
        for player in self.players.values():
            player.stop(40)

    def admin(self, *words):
        done = run([*command("rigbus"), "admin", *map(str, words), "--data", str(self.data(0))])
        assert done.code == 0, f"{words}: {done.text}"

    # ---- what happened ----

    def events(self):
        """What the clients noted, by all of them."""
        for file in sorted(self.room.glob("players*.events")):
            for line in file.read_text().splitlines():
                if line.endswith("}"):
                    yield json.loads(line)

    # ---- faults ----

    def hurt(self, fault):
        first, *rest = (self.hosts[h] for h in fault.hosts)
        if fault.kind == "isolate":
            first.isolate()
        elif fault.kind == "part":
            first.shun(rest[0])
            rest[0].shun(first)
        elif fault.kind == "deaf":
            first.shun(rest[0])
        elif fault.kind == "kill":
            self.expect_alive(fault.hosts[0])
            self.nodes[fault.hosts[0]].kill()
        elif fault.kind == "freeze":
            self.nodes[fault.hosts[0]].signal(signal.SIGSTOP)

    def heal(self, fault):
        first, *rest = (self.hosts[h] for h in fault.hosts)
        if fault.kind == "isolate":
            first.rejoin()
        elif fault.kind == "part":
            first.forgive(rest[0])
            rest[0].forgive(first)
        elif fault.kind == "deaf":
            first.forgive(rest[0])
        elif fault.kind == "kill":
            self.start(fault.hosts[0])
        elif fault.kind == "freeze":
            self.nodes[fault.hosts[0]].signal(signal.SIGCONT)

    def expect_alive(self, node):
        process = self.nodes[node]
        if not process.alive:
            self.surprises.append(f"n{node + 1} ended by itself: {process.log[-1500:]}")

    def all_up(self):
        """What ended without being told to is started again, and remembered."""
        for node in range(self.size):
            self.expect_alive(node)
            if not self.nodes[node].alive:
                self.start(node)
