"""What a person gets to read who made a mistake in a file or a flag: the thing that is wrong, and no stack trace."""

import os
import re
import subprocess

import grpc
import pytest
from differences import expected
from peers import START_SECONDS, Exporter, clean_environment, command, config_text, free_port, run_to_end
from waiting import eventually

POWER = "jumpstarter_driver_power.driver.MockPower"
TCP = "jumpstarter_driver_network.driver.TcpNetwork"
SERIAL = "jumpstarter_driver_pyserial.driver.PySerial"
OPENDAL = "jumpstarter_driver_opendal.driver.Opendal"
HEAD = config_text()
STACK = re.compile(r"Traceback \(most recent call last\)|^\s+at [\w.$]+\(", re.MULTILINE)


def refuses(done, *words):
    """The command ended, says all of these words, and shows nobody its stack."""
    for word in words:
        assert word in done.text, done.text
    assert not STACK.search(done.text), done.text


# ---- an exporter that cannot be built: the file is well-formed ----


@pytest.mark.parametrize(
    ("export", "words"),
    [
        ({"p": {"type": "jumpstarter_driver_power.driver.MockPwer"}}, ["jumpstarter_driver_power.driver.MockPwer"]),
        ({"p": {"type": "nodots"}}, ["nodots"]),
        ({"p": {"ref": "nowhere.at.all"}}, ["nowhere.at.all"]),
        ({"a": {"children": {"x": {"type": POWER}}}, "p": {"ref": "a.y"}}, ["a.y"]),
        ({"net": {"type": TCP, "config": {"host": "127.0.0.1"}}}, ["port"]),
        ({"net": {"type": TCP, "config": {"host": "a", "port": 1, "prot": 2}}}, ["prot"]),
        ({"s": {"type": SERIAL, "config": {"url": "/dev/no-such-port"}}}, ["/dev/no-such-port"]),
        ({"o": {"type": OPENDAL, "config": {"scheme": "nofs", "kwargs": {}}}}, ["nofs"]),
        ({"o": {"type": OPENDAL, "config": {"scheme": "fs", "kwargs": {}}}}, ["root"]),
        ({"o": {"type": OPENDAL, "config": {"scheme": "fs"}}}, ["kwargs"]),
        ({"s": {"type": "jumpstarter_driver_shell.driver.Shell"}}, ["methods"]),
    ],
    ids=lambda value: None if isinstance(value, list) else str(value)[:60],
)
def test_a_driver_that_cannot_be_built_is_named(peer, export, words):
    done = run_to_end(peer, export=export)
    refuses(done, *words)
    assert ("0" if done.code == 0 else "not 0") == expected(peer, "exit code of an exporter that cannot start")


# ---- a file that cannot be read ----


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + "export: {p: [\n", ["exporter.yaml"]),
        (HEAD + "export:\n\t- x\n", ["exporter.yaml"]),
        (HEAD.replace("ExporterConfig", "Other"), ["kind", "ExporterConfig", "Other"]),
        (HEAD.replace("v1alpha1", "v9"), ["apiVersion", "v9"]),
        (HEAD.replace("metadata", "metadatum"), ["metadata"]),
        (HEAD + "hooks: {beforeLease: {script: 'true', onFailure: explode}}\n", ["onFailure", "explode"]),
        (HEAD + "hooks: {beforeLease: {script: 'true', timeout: soon}}\n", ["timeout", "soon"]),
        (HEAD + "hooks: {afterLease: {timeout: 3}}\n", ["afterLease", "script"]),
        (HEAD + "export: 5\n", ["export"]),
        ("", []),
        ("just a text\n", []),
    ],
    ids=lambda value: None if isinstance(value, list) else repr(value[-50:]),
)
def test_a_file_that_does_not_fit_is_refused_with_the_key(peer, text, words):
    done = run_to_end(peer, text)
    assert done.code == 1
    refuses(done, *words)


def test_a_missing_file_is_named(peer, tmp_path):
    done = start(peer, tmp_path / "none.yaml", "--tls-grpc-listener", f"127.0.0.1:{free_port()}", "--tls-grpc-insecure")
    assert done.code == 1
    refuses(done, "none.yaml")


def start(peer, file, *flags):
    words = [*command(peer), "run", "--exporter-config", str(file), *map(str, flags)]
    done = subprocess.run(
        words, env=clean_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=START_SECONDS,
    )  # fmt: skip
    return type("Done", (), {"code": done.returncode, "text": done.stdout})


# ---- flags ----


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--tls-grpc-listener", "127.0.0.1:1"], ["--tls-grpc-insecure", "--tls-cert", "--tls-key"]),
        (["--tls-grpc-insecure"], ["--tls-grpc-listener"]),
        (["--tls-grpc-listener", "127.0.0.1:0", "--tls-grpc-insecure"], ["--tls-grpc-listener", "65535"]),
        (["--tls-grpc-listener", "127.0.0.1:99999", "--tls-grpc-insecure"], ["--tls-grpc-listener", "65535", "99999"]),
        (["--tls-grpc-listener", "127.0.0.1:x", "--tls-grpc-insecure"], ["--tls-grpc-listener", "x"]),
        (["--tls-grpc-listener", "127.0.0.1:1", "--tls-cert", "/no/cert", "--tls-key", "/no/key"], ["/no/cert"]),
        (["--tls-grpc-listener", "127.0.0.1:1", "--tls-cert", "/dev/null"], ["--tls-key"]),
        (
            ["--tls-grpc-listener", "127.0.0.1:1", "--tls-grpc-insecure", "--tls-cert", "/dev/null"],
            ["--tls-grpc-insecure", "--tls-cert"],
        ),
        (["--no-such-flag"], ["--no-such-flag"]),
    ],
    ids=lambda value: " ".join(value),
)
def test_flags_that_do_not_go_together_are_a_usage_error(peer, flags, words):
    done = run_to_end(peer, export={"power": {"type": POWER}}, flags=flags)
    assert done.code == 2
    refuses(done, *words)


def test_a_certificate_that_is_none_is_refused(peer, tmp_path):
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).write_text("not a certificate\n")
    flags = ["--tls-grpc-listener", f"127.0.0.1:{free_port()}"]
    flags += ["--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem")]
    done = run_to_end(peer, export={"power": {"type": POWER}}, flags=flags)
    refuses(done)
    assert ("0" if done.code == 0 else "not 0") == expected(peer, "exit code of an exporter that cannot start")


# ---- what one peer lets pass ----


def start_or_refusal(peer, config):
    """Whether an exporter with this configuration comes up or ends."""
    exporter = Exporter(peer, config)
    with exporter.launch_only():
        eventually(lambda: exporter.process.poll() is not None or answers(exporter), lambda: exporter.log, START_SECONDS)
        if exporter.process.poll() is None:
            return "starts"
        refuses(type("Done", (), {"text": exporter.log}))
        return "refused"


def answers(exporter):
    try:
        return exporter.report(seconds=0.1)
    except (AssertionError, grpc.RpcError):
        return None


@pytest.mark.parametrize(
    ("text", "difference"),
    [
        ("exprot: {}\n", "unknown key in the file"),
        (f"export: {{p: {{type: {POWER}, config: {{colour: red}}}}}}\n", "unknown key in a driver"),
        # YAML 1.1 reads an unquoted `on` as true, and true is no name of a method.
        (f"export: {{p: {{type: {POWER}, methods_description: {{on: Turn on}}}}}}\n", "driver node that does not fit"),
        (f"export: {{p: {{tpye: {POWER}}}}}\n", "driver node that does not fit"),
        (f"export: {{p: {{type: {POWER}}}, p: {{type: {POWER}}}}}\n", "name given twice"),
        ("failureDetection: {maxRapidFailures: 1}\nendpoint: nowhere:1\ntoken: t\n", "keys for a controller"),
    ],
    ids=lambda value: value.strip()[:50],
)
def test_slips_that_stock_lets_pass(peer, text, difference):
    head = HEAD.replace("failureDetection:\n  maxRapidFailures: 1\n", "") if "failure" in text else HEAD
    allowed = {"keys for a controller": "starts"}  # known to stock, of no use to a lone exporter
    assert start_or_refusal(peer, head + text) == (allowed.get(difference) or expected(peer, difference))


def test_a_second_exporter_on_the_same_port(peer):
    with Exporter(peer, export={"power": {"type": POWER}}) as first:
        before = first.report().uuid
        second = Exporter(peer, export={"power": {"type": POWER}})
        second.config_file.write_text(config_text(export={"power": {"type": POWER}}))
        flags = ["--tls-grpc-listener", first.address, "--tls-grpc-insecure"]
        with second.log_file.open("w") as log:
            process = subprocess.Popen(
                [*command(peer), "run", "--exporter-config", str(second.config_file), *flags],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env=clean_environment(), start_new_session=True,
            )  # fmt: skip
        second.process, second.port = process, first.port
        try:
            # Either it ends, or clients land on either of the two.
            eventually(
                lambda: process.poll() is not None or first.report().uuid != before, lambda: second.log, START_SECONDS
            )
            outcome = "shared" if process.poll() is None else "refused"
            assert outcome == expected(peer, "port in use")
            if outcome == "refused":
                refuses(type("Done", (), {"text": second.log}), str(first.port), "in use")
                assert first.report().uuid == before
        finally:
            if process.poll() is None:
                second.stop()


def test_an_unreadable_file_is_named(peer, tmp_path):
    done = start(peer, tmp_path, "--tls-grpc-listener", f"127.0.0.1:{free_port()}", "--tls-grpc-insecure")
    assert done.code == 1  # a directory: what even root cannot read
    refuses(done, os.fspath(tmp_path))
