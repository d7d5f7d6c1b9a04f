"""What people read when they do not get through to a lab: each reason has words of its own, with each command."""

import base64

import pytest
import yaml
from peers import BIN, command, free_port, run

# What is wrong, what ours says, and with which exit code; and what stock `jmp` does.
REASONS = {
    "name": ("the host nosuch.invalid is not known", 5, "Domain name not found"),
    "connection": ("connection refused", 5, "Connection refused"),
    "tls": ("its certificate is not trusted", 5, "CERTIFICATE_VERIFY_FAILED"),
    "authentication": ("the node does not accept the token", 6, "failed to verify signature"),
}


def broken(lab, tls, reason):
    """The configuration of a client in which one thing is wrong."""
    config = yaml.safe_load(lab.config("ann").read_text())
    if reason == "name":
        config["endpoint"] = f"nosuch.invalid:{lab.nodes[0].port}"
    elif reason == "connection":
        config["endpoint"] = f"127.0.0.1:{free_port()}"
    elif reason == "tls":
        config["tls"]["ca"] = base64.b64encode(tls.cert.read_bytes()).decode()
    elif reason == "authentication":
        head, body, signature = config["token"].split(".")
        config["token"] = ".".join((head, body, "A" * len(signature)))
    file = lab.room / f"broken-{reason}.yaml"
    file.write_text(yaml.safe_dump(config))
    return file


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("words", [("explain", "exporter", "rack"), ("get", "nodes")], ids=lambda words: words[0])
def test_r29_each_reason_has_words_of_its_own(lab, tls, reason, words):
    said, code, _ = REASONS[reason]
    done = run([*command("rigbus"), *words, "--client-config", broken(lab, tls, reason)])
    assert said in done.err, done.text
    assert [other for other in REASONS if REASONS[other][0] in done.text] == [reason]
    assert done.code == code, done.text
    # One line, which says what to look at, and no token.
    assert done.err.count("\n") == 1, done.err
    assert "eyJ" not in done.text


def test_r29_as_an_administrator_from_elsewhere(lab, tls, tmp_path):
    files = {}
    for reason in REASONS:
        config = yaml.safe_load(broken(lab, tls, reason).read_text())
        files[reason] = (config["endpoint"], tmp_path / f"{reason}.token", tmp_path / f"{reason}.pem")
        files[reason][1].write_text(config["token"])
        files[reason][2].write_bytes(base64.b64decode(config["tls"]["ca"]))
    for reason, (endpoint, token, ca) in files.items():
        done = run([
            *(*command("rigbus"), "admin", "get", "clients", "--endpoint", endpoint),
            *("--token-file", token, "--ca", ca),
        ])
        assert REASONS[reason][0] in done.err, done.text
        assert done.code == REASONS[reason][1], done.text


@pytest.mark.parametrize("reason", REASONS)
def test_r29_stock_jmp_tells_them_apart(lab, tls, reason):
    done = run([BIN / "jmp", "get", "exporters", "--client-config", broken(lab, tls, reason)])
    assert done.code == 1, done.text
    assert [other for other in REASONS if REASONS[other][2] in done.text] == [reason], done.text
    assert "Traceback" not in done.text
