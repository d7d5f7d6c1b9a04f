"""Our own client, on either exporter: it must find no difference either."""

import hashlib
import os
import subprocess
from pathlib import Path

import pytest
from peers import CHECKOUT, COMMAND_SECONDS, Exporter, clean_environment, command, run
from waiting import eventually

EXPORT = {
    "power": {"type": "jumpstarter_driver_power.driver.MockPower"},
    "echo": {"type": "jumpstarter_driver_network.driver.EchoNetwork"},
    "flasher": {"type": "jumpstarter_driver_opendal.driver.MockFlasher"},
    "store": {"type": "jumpstarter_driver_opendal.driver.Opendal", "config": {"scheme": "memory", "kwargs": {}}},
    "mux": {"type": "jumpstarter_driver_opendal.driver.MockStorageMuxFlasher"},
    "sh": {"type": "jumpstarter_driver_shell.driver.Shell", "config": {"methods": {"hi": "echo hi $1; exit 4"}}},
}


@pytest.fixture(scope="module", autouse=True)
def built():
    """The client comes with the command, which builds itself at its first use."""
    subprocess.run([*command("rigbus"), "--version"], check=True, capture_output=True, timeout=900, env=clean_environment())


def tour(env):
    java = Path(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else "java"
    target = CHECKOUT / "app/target"
    return run([java, "-cp", f"{target}/rigbus.jar:{target}/lib/*", CHECKOUT / "system-tests/contract/doubles/Tour.java"], env=env)


def check(done):
    lines = done.out.splitlines()
    assert done.code == 0, done.text
    assert lines[:-1] == [
        "drivers [power, echo, flasher, store, mux, sh]",
        "status LEASE_READY",
        "reading 0.0 0.0",
        "reading 5.0 2.0",
        "echo true",
        "flashed",
        "stored content 7 9a0364b9e99bb480dd25e1f0284c8555 false",
        "measured 0.0",
        "measured 5.0",
        "dumped card",
        "shell [hi] 4 hi you",
        "client StorageClient",
        "async null",
        "DriverCall 'fly' failed with gRPC NOT_FOUND: method fly not found on driver",
    ], done.text
    assert lines[-1].startswith("log Entry[severity=INFO, source=DRIVER, message=")


def flashed(exporter, partition, room):
    assert exporter.j("flasher", "dump", "--target", partition, str(room / partition)).code == 0
    return hashlib.sha256((room / partition).read_bytes()).hexdigest()


def test_over_tcp(peer, tmp_path):
    with Exporter(peer, export=EXPORT) as exporter:
        check(tour(exporter.client_environment()))
        assert flashed(exporter, "plain", tmp_path) == flashed(exporter, "packed", tmp_path)


def test_over_tls_with_a_passphrase(peer, tls):
    with Exporter(peer, export=EXPORT, tls=tls, passphrase="open sesame") as exporter:
        env = exporter.client_environment()
        check(tour(env))
        refused = tour(env | {"JMP_GRPC_PASSPHRASE": "sesame"})
        assert "refuses: invalid or missing passphrase" in refused.out


def test_over_the_socket_of_a_hook(peer, tmp_path):
    file = tmp_path / "host"
    hook = {"beforeLease": {"script": f'printf %s "$JUMPSTARTER_HOST" > {file}'}}
    with Exporter(peer, export=EXPORT, hooks=hook) as exporter:
        exporter.await_status("LEASE_READY", seconds=COMMAND_SECONDS)
        host = eventually(lambda: file.exists() and file.read_text(), "the hook's host")
        check(tour({"JUMPSTARTER_HOST": host}))
