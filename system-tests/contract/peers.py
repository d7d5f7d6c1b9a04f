"""Starts an exporter of either peer, stock or rigbus, and drives it with the stock client.

Both peers take the same flags and the same YAML, so nothing but the command differs:

    with Exporter("rigbus", export={"power": {"type": "jumpstarter_driver_power.driver.MockPower"}}) as exporter:
        with exporter.connect() as client:
            client.power.on()
        assert exporter.j("power", "off").code == 0
"""

import base64
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
import yaml
from anyio.from_thread import start_blocking_portal
from google.protobuf import empty_pb2
from jumpstarter.client import client_from_path
from jumpstarter.config.tls import TLSConfigV1Alpha1
from jumpstarter_protocol import jumpstarter_pb2, jumpstarter_pb2_grpc
from jumpstarter_protocol.jumpstarter.v1 import common_pb2
from waiting import eventually

PEERS = ("stock", "rigbus")
SPREAD = "spread"
BIN = Path(sys.executable).parent
CHECKOUT = Path(__file__).resolve().parents[2]

START_SECONDS = 60.0  # generous: the first start of a peer may build something
STOP_SECONDS = 20.0
COMMAND_SECONDS = 60.0


@dataclass(frozen=True)
class Tls:
    """The PEM files of a self-signed certificate for localhost."""

    cert: Path
    key: Path


@dataclass(frozen=True)
class Result:
    """What a finished command left behind."""

    code: int
    out: str
    err: str

    @property
    def text(self):
        return self.out + self.err


def command(peer):
    """The words that stand before `run`."""
    if peer == "stock":
        return [str(BIN / "jmp")]
    return [os.environ.get("RIGBUS") or str(CHECKOUT / "rigbus")]


def clean_environment(extra=None):
    """The tester's environment without a shell that is open already, and with `j` and `jmp` on the path."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JMP_", "_JMP_", "JUMPSTARTER_"))}
    # Wide enough that no line of the stock CLI is folded.
    kept |= {"PATH": f"{BIN}{os.pathsep}{kept.get('PATH', '')}", "COLUMNS": "400", "NO_COLOR": "1"}
    return kept | {"PYTHONUNBUFFERED": "1"} | (extra or {})


def free_port(host="127.0.0.1", kind=socket.SOCK_STREAM):
    """A port that nobody holds, and none that the system gives to whoever connects somewhere: one of those may be gone when it is used."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in random.sample(range(10240, 20000), 200):
        with socket.socket(family, kind) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise AssertionError(f"no port of {host} is free")


def run(words, *, input=None, env=None, seconds=COMMAND_SECONDS, cwd=None):
    """Runs a command to its end."""
    # Without input the command reads an empty file, never the terminal of the tester.
    given = {"input": input} if input is not None else {"stdin": subprocess.DEVNULL}
    done = subprocess.run(
        [str(w) for w in words],
        capture_output=True,
        env=clean_environment(env),
        timeout=seconds,
        text=True,
        errors="replace",
        cwd=cwd,
        **given,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def config_text(config=None, **keys):
    """The YAML of an exporter: a text as it is, or a mapping with the usual head."""
    if isinstance(config, str):
        return config
    head = {
        "apiVersion": "jumpstarter.dev/v1alpha1",
        "kind": "ExporterConfig",
        "metadata": {"namespace": "default", "name": "contract"},
        # A stock exporter that cannot start says so once, instead of five times.
        "failureDetection": {"maxRapidFailures": 1},
    }
    return yaml.safe_dump(head | (config or {}) | keys, sort_keys=False, allow_unicode=True)


def _descendants(pid):
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [int(c) for c in children] + [d for c in children for d in _descendants(int(c))]


class Exporter:
    """One exporter process on a free port of its own; a context manager."""

    def __new__(cls, peer, *_, **__):
        if peer == SPREAD and cls is Exporter:
            from spread import SpreadExporter

            cls = SpreadExporter
        return super().__new__(cls)

    def __init__(self, peer, config=None, *, tls=None, passphrase=None, host="127.0.0.1", env=None, **keys):
        self.peer = peer
        self.host = "localhost" if tls else host
        self.tls = tls
        self.passphrase = passphrase
        self.port = None
        self.process = None
        self._config = config_text(config, **keys)
        self._env = env
        self._room = Path(tempfile.mkdtemp(prefix="contract-"))

    # ---- life ----

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.kill()
            raise

    def __exit__(self, failure, *_):
        try:
            if self.process.poll() is None:
                self.stop()
        finally:
            shutil.rmtree(self._room, ignore_errors=True)

    def start(self, attempts=3):
        """Starts the exporter and returns when it has answered its first GetReport."""
        for attempt in range(attempts):
            self.launch()
            try:
                self.report(seconds=START_SECONDS)
                return self
            except (AssertionError, grpc.RpcError):
                self.kill()
                taken = "in use" in self.log.lower() and attempt + 1 < attempts
                if not taken:
                    raise AssertionError(f"the {self.peer} exporter did not start:\n{self.log}") from None

    def launch(self, port=None):
        """Starts the process without waiting for anything."""
        self.port = port or free_port(self.host)
        self.config_file.write_text(self._config)
        with self.log_file.open("w") as log:
            self.process = subprocess.Popen(
                [*command(self.peer), "run", *self.flags()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=clean_environment(self._env),
                start_new_session=True,
            )
        return self

    @contextmanager
    def launch_only(self):
        """An exporter that is expected to end by itself; whatever is left of it ends with the block."""
        try:
            yield self.launch()
        finally:
            self.kill()
            shutil.rmtree(self._room, ignore_errors=True)

    def flags(self):
        words = ["--exporter-config", str(self.config_file), "--tls-grpc-listener", self.address]
        if self.tls:
            words += ["--tls-cert", str(self.tls.cert), "--tls-key", str(self.tls.key)]
        else:
            words += ["--tls-grpc-insecure"]
        return words + (["--passphrase", self.passphrase] if self.passphrase else [])

    def stop(self, seconds=STOP_SECONDS):
        """Asks the exporter to end and returns its exit code; one that does not end fails the test."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait(seconds)

    def wait(self, seconds=STOP_SECONDS):
        """Waits for the exporter to end by itself and returns its exit code."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the {self.peer} exporter did not end within {seconds:g} s:\n{self.log}") from None

    def kill(self):
        if self.process and self.process.poll() is None:
            for pid in [*_descendants(self.process.pid), self.process.pid]:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.process.wait()

    # ---- what it is ----

    @property
    def address(self):
        return f"{self.host}:{self.port}"

    @property
    def config_file(self):
        return self._room / "exporter.yaml"

    @property
    def log_file(self):
        return self._room / "exporter.log"

    @property
    def log(self):
        """All that the exporter has written to its output so far."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    # ---- bare gRPC ----

    @property
    def metadata(self):
        """What a client sends along with every call."""
        return (("x-jumpstarter-passphrase", self.passphrase),) if self.passphrase else ()

    def channel(self):
        """A blocking gRPC channel of its own; close it after use."""
        if self.tls:
            return grpc.secure_channel(self.address, grpc.ssl_channel_credentials(self.tls.cert.read_bytes()))
        return grpc.insecure_channel(self.address)

    def report(self, seconds=10.0):
        """GetReport, asked until it is answered."""
        return self._ask(lambda stub: stub.GetReport(empty_pb2.Empty(), metadata=self.metadata, timeout=5), seconds)

    def status(self, seconds=10.0):
        """GetStatus, asked until it is answered."""
        request = jumpstarter_pb2.GetStatusRequest()
        return self._ask(lambda stub: stub.GetStatus(request, metadata=self.metadata, timeout=5), seconds)

    def end_session(self):
        with self.channel() as channel:
            stub = jumpstarter_pb2_grpc.ExporterServiceStub(channel)
            return stub.EndSession(jumpstarter_pb2.EndSessionRequest(), metadata=self.metadata, timeout=10)

    def await_status(self, *names, seconds=20.0):
        """Waits for one of the named states and returns the whole answer."""
        seen = None

        def there():
            nonlocal seen
            seen = self.status()
            return seen if status_name(seen.status) in names else None

        return eventually(there, lambda: f"{names}; it is {seen}\n{self.log}", seconds)

    def _ask(self, question, seconds):
        # A new channel per try: a refused one backs off for longer than the exporter takes to start.
        def answer():
            with self.channel() as channel:
                try:
                    return question(jumpstarter_pb2_grpc.ExporterServiceStub(channel))
                except grpc.RpcError as error:
                    if error.code() != grpc.StatusCode.UNAVAILABLE:
                        raise
                    if self.process.poll() is not None:
                        raise AssertionError(f"ended with {self.process.returncode}") from None
                    return None

        return eventually(answer, "an answer", seconds)

    # ---- the stock client ----

    @contextmanager
    def connect(self, allow=None):
        """The stock client in this process: the root of the exporter's tree; `allow` limits the client classes."""
        tls = TLSConfigV1Alpha1(ca=base64.b64encode(self.tls.cert.read_bytes()).decode()) if self.tls else None
        with start_blocking_portal() as portal, ExitStack() as stack:
            opened = client_from_path(
                self.address,
                portal,
                stack,
                allow=allow or [],
                unsafe=allow is None,
                insecure=not self.tls,
                tls_config=tls,
                passphrase=self.passphrase,
            )
            with portal.wrap_async_context_manager(opened) as client:
                yield client

    def client_environment(self):
        """What `jmp shell` sets for the programs inside."""
        env = {"JUMPSTARTER_HOST": self.address, "JMP_DRIVERS_ALLOW": "UNSAFE"}
        if self.tls:
            env["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = str(self.tls.cert)
        else:
            env["JMP_GRPC_INSECURE"] = "1"
        return env | ({"JMP_GRPC_PASSPHRASE": self.passphrase} if self.passphrase else {})

    def j(self, *words, input=None, env=None, seconds=COMMAND_SECONDS, cwd=None):
        """Runs `j WORDS...` as in a shell on this exporter."""
        environment = self.client_environment() | (env or {})
        done = run([BIN / "j", *words], input=input, env=environment, seconds=seconds, cwd=cwd)
        # Python sometimes aborts while it shuts down, as a thread of gRPC still writes; the command itself is over by then.
        if done.code == -signal.SIGABRT and "Fatal Python error" in done.err:
            done = run([BIN / "j", *words], input=input, env=environment, seconds=seconds, cwd=cwd)
        return done

    def jmp_shell(self, *words, flags=None, before=(), seconds=COMMAND_SECONDS):
        """Runs `jmp shell --tls-grpc ADDRESS FLAGS -- WORDS...`; flags default to what this exporter needs."""
        if flags is None:
            flags = ([] if self.tls else ["--tls-grpc-insecure"]) + (
                ["--passphrase", self.passphrase] if self.passphrase else []
            )
        env = {"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(self.tls.cert)} if self.tls else {}
        shell = [BIN / "jmp", *before, "shell", "--tls-grpc", self.address, *flags, "--", *words]
        return run(shell, env=env, seconds=seconds)


def run_to_end(peer, config=None, *, seconds=START_SECONDS, env=None, flags=None, **keys):
    """Runs an exporter that is expected to refuse its configuration, and returns how it ended."""
    with tempfile.TemporaryDirectory(prefix="contract-") as room:
        file = Path(room) / "exporter.yaml"
        file.write_text(config_text(config, **keys))
        if flags is None:
            flags = ["--tls-grpc-listener", f"127.0.0.1:{free_port()}", "--tls-grpc-insecure"]
        return run([*command(peer), "run", "--exporter-config", file, *flags], env=env, seconds=seconds)


def status_name(number):
    """LEASE_READY for 4, and so on."""
    return common_pb2.ExporterStatus.Name(number).removeprefix("EXPORTER_STATUS_")
