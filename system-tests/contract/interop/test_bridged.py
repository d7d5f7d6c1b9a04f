"""Drivers that there are only in Python: the same configuration on both peers, used by the stock client.

Ours runs them in a process beside it; nobody may notice.
"""

import os
import pty
import socket
import stat
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import can
import endpoints
import pytest
from jumpstarter.client.core import DriverMethodNotImplemented
from jumpstarter_driver_network.adapters import TcpPortforwardAdapter
from peers import Exporter, free_port
from refusals import refusal
from streams import MIB, noise, sha256
from waiting import eventually

PROBE_RS = """#!/bin/sh
case $1 in
  info) echo "a probe that is none" ;;
  read) echo "$2 $3 $4" ;;
  download) cksum < "$2" ;;
  *) echo "cannot $1" >&2; exit 1 ;;
esac
"""


class Relay:
    """What a relay on a serial line says and hears."""

    def __init__(self):
        self.master, slave = pty.openpty()
        self.path = os.ttyname(slave)
        self.heard = b""
        self.slave = slave
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                data = os.read(self.master, 64)
            except OSError:
                return
            self.heard += data
            if data == b"\xff":
                os.write(self.master, b"CH1: ON\r\nCH2: OFF\r\n")

    def close(self):
        os.close(self.slave)
        os.close(self.master)


class Outlets(BaseHTTPRequestHandler):
    def _answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.server.asked.append((self.command, self.path, self.rfile.read(length).decode()))
        body = b'{"voltage": 12.5, "current": 2.0}' if self.path == "/read" else b"EnerGenie"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = _answer

    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def far(tmp_path_factory):
    """What the drivers drive."""
    room = tmp_path_factory.mktemp("far")
    probe = room / "probe-rs"
    probe.write_text(PROBE_RS)
    probe.chmod(probe.stat().st_mode | stat.S_IXUSR)
    web = HTTPServer(("127.0.0.1", 0), Outlets)
    web.asked = []
    threading.Thread(target=web.serve_forever, daemon=True).start()
    relay = Relay()
    with endpoints.tcp_server(endpoints.echo) as echo:
        yield SimpleNamespace(
            room=room, probe=probe, web=web, outlets=f"127.0.0.1:{web.server_port}", relay=relay, echo=echo,
            http_port=free_port(), tftp_port=free_port(kind=socket.SOCK_DGRAM),
        )  # fmt: skip
    web.shutdown()
    relay.close()


def driver(package, name, children=None, **config):
    module = f"jumpstarter_driver_{package}.driver.{name}"
    return {"type": module, "config": config} | ({"children": children} if children else {})


@pytest.fixture(scope="module")
def exporter(peer, far):
    tcp = driver("network", "TcpNetwork", host=far.echo[0], port=far.echo[1])
    export = {
        "power": driver("power", "MockPower"),
        "serial": driver("pyserial", "PySerial", url="loop://"),
        "tcp": tcp,
        "http": driver("http", "HttpServer", root_dir=str(far.room / "http"), host="127.0.0.1", port=far.http_port),
        "tftp": driver("tftp", "Tftp", root_dir=str(far.room / "tftp"), host="127.0.0.1", port=far.tftp_port),
        "can": driver("can", "Can", channel="bridge", interface="virtual"),
        "can2": driver("can", "Can", channel="bridge", interface="virtual"),
        "uboot": driver("uboot", "UbootConsole", {"power": {"ref": "power"}, "serial": {"ref": "serial"}}, prompt="u> "),
        "ssh": driver("ssh", "SSHWrapper", {"tcp": {"ref": "tcp"}}, default_username="root"),
        "mount": driver("ssh_mount", "SSHMount", {"ssh": {"ref": "ssh"}}),
        "vnc": driver("vnc", "Vnc", {"tcp": {"ref": "tcp"}}, default_encrypt=True),
        "tmt": driver("tmt", "TMT", {"ssh": {"ref": "tcp"}}, reboot_cmd="reboot", default_username="me"),
        "outlet": driver(
            "http_power", "HttpPower",
            power_on={"url": f"http://{far.outlets}/on", "method": "PUT", "data": "1"},
            power_off={"url": f"http://{far.outlets}/off"},
            power_read={"url": f"http://{far.outlets}/read"},
        ),  # fmt: skip
        "strip": driver("energenie", "EnerGenie", host=far.outlets, slot=2),
        "probe": driver("probe_rs", "ProbeRs", probe_rs_path=str(far.probe)),
        "relay": driver("noyito_relay", "NoyitoPowerSerial", port=far.relay.path),
        "stlink": driver("stlink_msd", "StlinkMsdFlasher"),
        "pico": driver("pi_pico", "PiPicoFlasher"),
        "ride": driver("ridesx", "RideSXDriver", {"serial": {"ref": "serial"}}, storage_dir=str(far.room / "ride")),
        "snmp": driver("snmp", "SNMPServer", host="127.0.0.1", user="u", plug=1, timeout=0.2),
    }
    with Exporter(peer, export=export, python={"environment": sys.prefix}) as exporter:
        yield exporter


def test_the_tree_is_that_of_the_configuration(exporter, client):
    names = [each.labels.get("jumpstarter.dev/name") for each in exporter.report().reports]
    assert names == [
        None, "power", "serial", "tcp", "http", "storage", "tftp", "storage", "can", "can2", "uboot", "power", "serial",
        "ssh", "tcp", "mount", "ssh", "tcp", "vnc", "tcp", "tmt", "ssh", "outlet", "strip", "probe", "relay", "stlink",
        "pico", "ride", "serial", "storage", "snmp",
    ]  # fmt: skip
    uuids = {name: each.uuid for name, each in zip(names, exporter.report().reports) if name in ("power", "http")}
    assert client.children["uboot"].children["power"].uuid == client.children["power"].uuid
    assert str(client.children["http"].uuid) == uuids["http"]


def test_http_serves_what_was_put_there(client, far):
    data = noise(3 * MIB)
    source = far.room / "image"
    source.write_bytes(data)
    server = client.children["http"]
    server.start()
    try:
        url = server.put_file("image.bin", str(source))
        with urllib.request.urlopen(url, timeout=20) as answer:
            assert sha256(answer.read()) == sha256(data)
    finally:
        server.stop()


def test_tftp_starts_once_and_keeps_files(client):
    server = client.children["tftp"]
    server.start()
    assert server.get_host() == "127.0.0.1"
    server.storage.write_bytes("boot.scr", b"boot")
    assert server.storage.read_bytes("boot.scr") == b"boot"
    server.stop()


def test_two_can_drivers_share_a_bus(client):
    one, two = client.children["can"], client.children["can2"]
    one.send(can.Message(arbitration_id=291, data=[1, 2, 3], is_extended_id=False))
    heard = two.recv(timeout=10)
    assert (heard.arbitration_id, bytes(heard.data)) == (291, b"\x01\x02\x03")
    assert "bridge" in one.channel_info


def test_getters(client):
    assert client.children["uboot"].prompt == "u> "
    assert client.children["ssh"].username == "root"
    assert client.children["vnc"].get_default_encrypt() is True
    assert client.children["tmt"].call("get_reboot_cmd") == "reboot"
    assert client.children["tmt"].call("get_default_user_pass") == ["me", ""]


@pytest.mark.parametrize("path", [("tcp",), ("ssh", "tcp"), ("mount", "ssh", "tcp"), ("vnc", "tcp"), ("tmt", "ssh")])
def test_a_raw_stream_of_a_child(client, path):
    for name in path:
        client = client.children[name]
    data = noise(MIB)
    with TcpPortforwardAdapter(client=client) as address, socket.create_connection(address, 20) as line:
        sender = threading.Thread(target=line.sendall, args=(data,), daemon=True)
        sender.start()
        received = b""
        while len(received) < len(data):
            received += line.recv(1 << 16)
        assert sha256(received) == sha256(data)


def test_the_console_of_a_child_is_that_of_its_owner(client):
    with client.children["uboot"].children["serial"].pexpect() as console:
        console.send("hello")
        console.expect_exact("hello", timeout=10)


def test_power_over_http(client, far):
    outlet = client.children["outlet"]
    outlet.on()
    outlet.off()
    assert far.web.asked[-2:] == [("PUT", "/on", "1"), ("GET", "/off", "")]
    readings = list(outlet.read())
    assert [(each.voltage, each.current) for each in readings] == [(12.5, 2.0)]


def test_a_power_strip(client, far):
    client.children["strip"].on()
    assert far.web.asked[-1] == ("POST", "/", "cte2=1")


def test_what_a_driver_does_not_do_is_unimplemented(client):
    with pytest.raises(DriverMethodNotImplemented):
        list(client.children["relay"].read())


def test_a_relay_on_a_serial_line(client, far):
    relay = client.children["relay"]
    relay.on()
    eventually(lambda: far.relay.heard.endswith(b"\xa0\x01\x01\xa2"), lambda: repr(far.relay.heard))
    assert relay.status() == "on"


def test_a_program_gets_a_file_of_the_client(client, far):
    probe = client.children["probe"]
    assert probe.info() == "a probe that is none\n"
    assert probe.call("erase") == ""
    source = far.room / "firmware"
    source.write_bytes(noise(100_000))
    said = probe.download_file(str(source))
    assert said.split()[1] == "100000"
    assert probe.read(32, 4096, 2) == [50, 4096, 2] or probe.call("read", "b32", "0x1000", "2") == ["b32", "0x1000", "2"]


@pytest.mark.parametrize("name, words", [("stlink", "No ST-LINK mass storage volume"), ("pico", "No Pico BOOTSEL volume")])
def test_flashing_what_is_not_there_says_so(client, far, name, words):
    source = far.room / "firmware.bin"
    source.write_bytes(b"x" * 1000)
    with refusal(words=words):
        client.children[name].flash(str(source))


def test_a_wrong_argument_is_told_as_such(client):
    with refusal("INVALID_ARGUMENT"):
        client.children["ride"].call("flash_with_fastboot", "device", {})


def test_the_log_of_a_bridged_driver_reaches_its_client(client, caplog):
    with caplog.at_level("INFO", logger="exporter:driver"), client.log_stream():
        client.children["relay"].off()
        eventually(lambda: "Relay channel 1 OFF" in caplog.text, lambda: caplog.text)


def test_command_line(exporter):
    done = exporter.j("outlet", "on")
    assert done.code == 0, done.text
    done = exporter.j("probe", "info")
    assert "a probe that is none" in done.out, done.text
