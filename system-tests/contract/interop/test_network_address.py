"""What a network driver says about its far end, to the client and to `j`."""

import pytest
from jumpstarter.client.core import DriverInvalidArgument, DriverMethodNotImplemented
from peers import Exporter

DRIVER = "jumpstarter_driver_network.driver."
DISABLED = "enable_address mode is not true in the exporter configuration"
# name: (host, port, the addresses it may resolve to)
HOSTS = {
    "v4": ("127.0.0.1", 5201, ["127.0.0.1:5201"]),
    "v6": ("::1", 8080, ["[::1]:8080"]),
    "long": ("2001:db8::1", 443, ["[2001:db8::1]:443"]),
    "name": ("localhost", 8080, ["127.0.0.1:8080", "[::1]:8080"]),
    "lost": ("no-such-host.invalid", 80, ["no-such-host.invalid:80"]),
}


@pytest.fixture(scope="module")
def exporter(peer):
    export = {
        "echo": {"type": DRIVER + "EchoNetwork"},
        "unix": {"type": DRIVER + "UnixNetwork", "config": {"path": "/nowhere"}},
        "ws": {"type": DRIVER + "WebsocketNetwork", "config": {"url": "ws://host.invalid/a?b=c"}},
        "wsoff": {"type": DRIVER + "WebsocketNetwork", "config": {"url": "ws://host.invalid/", "enable_address": False}},
    }
    for scheme, kind in (("tcp", "TcpNetwork"), ("udp", "UdpNetwork")):
        for name, (host, port, _) in HOSTS.items():
            export[f"{scheme}-{name}"] = {"type": DRIVER + kind, "config": {"host": host, "port": port}}
        config = {"host": "127.0.0.1", "port": 5201, "enable_address": False}
        export[f"{scheme}-off"] = {"type": DRIVER + kind, "config": config}
    with Exporter(peer, export=export) as exporter:
        yield exporter


@pytest.mark.parametrize("scheme", ["tcp", "udp"])
@pytest.mark.parametrize("name", HOSTS)
def test_the_address_is_resolved_and_ipv6_stands_in_brackets(client, scheme, name):
    assert client.children[f"{scheme}-{name}"].address() in [f"{scheme}://{a}" for a in HOSTS[name][2]]


def test_the_address_of_a_websocket_is_its_url(client):
    assert client.ws.address() == "ws://host.invalid/a?b=c"


@pytest.mark.parametrize("name", ["tcp-off", "udp-off", "wsoff"])
def test_a_hidden_address_is_an_invalid_argument(client, name):
    with pytest.raises(DriverInvalidArgument, match=f"DriverCall 'address' failed with gRPC INVALID_ARGUMENT: {DISABLED}"):
        client.children[name].address()


@pytest.mark.parametrize("name", ["echo", "unix"])
def test_a_driver_without_an_address_does_not_have_the_method(client, name):
    with pytest.raises(DriverMethodNotImplemented, match="NOT_FOUND: method address not found on driver"):
        client.children[name].address()


@pytest.mark.parametrize(
    ("name", "flags", "out"),
    [
        ("tcp-v4", [], "127.0.0.1:5201"),
        ("tcp-v4", ["--host"], "127.0.0.1"),
        ("tcp-v4", ["--port"], "5201"),
        ("tcp-v4", ["--host", "--port"], "127.0.0.1:5201"),
        ("udp-v6", [], "[::1]:8080"),
        ("udp-v6", ["--host"], "::1"),
        ("tcp-long", [], "[2001:db8::1]:443"),
        ("udp-long", ["--port"], "443"),
        ("ws", [], "host.invalid"),
    ],
)
def test_j_shows_the_address(exporter, name, flags, out):
    done = exporter.j(name, "address", *flags)
    assert (done.code, done.out.strip()) == (0, out)


def test_j_says_that_the_address_is_hidden(exporter):
    done = exporter.j("tcp-off", "address")
    assert done.code == 1
    assert DISABLED in done.err


def test_j_says_that_there_is_no_address(exporter):
    done = exporter.j("echo", "address")
    assert done.code == 1
    assert "This exporter does not support direct connection yet" in done.err
