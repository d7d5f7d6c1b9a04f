"""Streams to sockets near the exporter: data, ends and failures, straight and through the stock port forwards."""

import socket
from contextlib import ExitStack
from types import SimpleNamespace

import anyio
import endpoints
import pytest
from differences import expected
from jumpstarter_driver_network.adapters import TcpPortforwardAdapter, UnixPortforwardAdapter
from peers import Exporter, free_port
from streams import (
    MIB,
    exchange,
    noise,
    receive_exactly,
    receive_to_end,
    send_all,
    sha256,
    status_of,
    talk,
    upload_then_listen,
)

DRIVER = "jumpstarter_driver_network.driver."


@pytest.fixture(scope="module")
def far(tmp_path_factory):
    """The far ends."""
    room = tmp_path_factory.mktemp("far")
    with ExitStack() as stack:
        far = SimpleNamespace(closed=("127.0.0.1", free_port()), unix_missing=room / "nobody")
        for name in ("echo", "collect", "digest", "say_bye", "reset"):
            setattr(far, name, stack.enter_context(endpoints.tcp_server(getattr(endpoints, name))))
        far.echo6 = stack.enter_context(endpoints.tcp_server(endpoints.echo, host="::1"))
        far.udp = stack.enter_context(endpoints.udp_echo_server())
        far.unix = stack.enter_context(endpoints.unix_server(endpoints.echo, room / "echo"))
        far.unix_digest = stack.enter_context(endpoints.unix_server(endpoints.digest, room / "digest"))
        far.url, far.paths = stack.enter_context(endpoints.websocket_echo_server())
        yield far


@pytest.fixture(scope="module")
def exporter(peer, far):
    def node(kind, **config):
        return {"type": DRIVER + kind, "config": config}

    def tcp(address):
        return node("TcpNetwork", host=address[0], port=address[1])

    export = {
        "echo": node("EchoNetwork"),
        "tcp": tcp(far.echo),
        "tcp6": tcp(far.echo6),
        "collect": tcp(far.collect),
        "digest": tcp(far.digest),
        "bye": tcp(far.say_bye),
        "reset": tcp(far.reset),
        "closed": tcp(far.closed),
        "udp": node("UdpNetwork", host=far.udp[0], port=far.udp[1]),
        "unix": node("UnixNetwork", path=str(far.unix)),
        "unixdigest": node("UnixNetwork", path=str(far.unix_digest)),
        "nounix": node("UnixNetwork", path=str(far.unix_missing)),
        "ws": node("WebsocketNetwork", url=far.url),
        "nows": node("WebsocketNetwork", url=f"ws://127.0.0.1:{far.closed[1]}/"),
    }
    with Exporter(peer, export=export) as exporter:
        yield exporter


STREAMS = ["echo", "tcp", "tcp6", "unix", "ws"]


@pytest.mark.parametrize("name", [*STREAMS, "udp"])
def test_what_is_sent_comes_back(client, name):
    with client.children[name].stream() as stream:
        stream.send(b"hello")
        assert stream.receive() == b"hello"
        stream.send(b"again")
        assert stream.receive() == b"again"


def test_a_stream_opened_without_a_block_works_and_closes_with_the_client(client):
    stream = client.tcp.open_stream()
    stream.send(b"hello")
    assert stream.receive() == b"hello"
    client.tcp.close()


@pytest.mark.parametrize("name", STREAMS)
def test_eight_mebibytes_come_back_unchanged(client, name):
    data = noise(8 * MIB)
    assert sha256(exchange(client.children[name], data)) == sha256(data)


def test_eight_mebibytes_of_datagrams_come_back_one_by_one(client):
    data = noise(8 * MIB)

    async def story(stream):
        back = bytearray()
        for at in range(0, len(data), 32768):
            await stream.send(data[at : at + 32768])
            datagram = await stream.receive()
            assert len(datagram) == 32768
            back += datagram
        return bytes(back)

    assert sha256(talk(client.udp, story)) == sha256(data)


def test_a_message_of_three_megabytes_passes_in_one_piece_or_many(client):
    data = noise(3_000_000)
    assert sha256(exchange(client.tcp, data, chunk=len(data))) == sha256(data)


def test_one_websocket_message_stays_one_chunk(client):
    with client.ws.stream() as stream:
        for message in (b"a", b"bc", b"\0" * 70_000):
            stream.send(message)
        assert [len(stream.receive()) for _ in range(3)] == [1, 2, 70_000]


def test_the_websocket_is_asked_for_the_whole_url(client, far):
    far.paths.clear()
    with client.ws.stream() as stream:
        stream.send(b"x")
        stream.receive()
    assert far.paths == ["/far/end?x=1"]


def test_a_half_close_reaches_the_far_end_and_the_answer_comes_back(client):
    assert upload_then_listen(client.collect, b"abc") == b"got:abc"


@pytest.mark.parametrize("name", ["digest", "unixdigest"])
def test_all_of_eight_mebibytes_arrive_before_the_half_close(client, name):
    data = noise(8 * MIB, seed=2)
    assert upload_then_listen(client.children[name], data).decode() == sha256(data)


def test_the_echo_driver_gives_the_end_of_input_back(client):
    assert upload_then_listen(client.echo, b"abc") == b"abc"


def test_the_end_of_the_far_side_is_the_end_of_the_stream(client):
    assert talk(client.bye, receive_to_end, seconds=10) == b"bye"


def test_a_reset_by_the_far_side_ends_the_stream(client, peer):
    async def story(stream):
        await stream.send(b"x")
        with anyio.move_on_after(2):
            try:
                await stream.receive()
            except (anyio.EndOfStream, anyio.BrokenResourceError):
                return "ends"
        return "hangs"

    assert talk(client.reset, story) == expected(peer, "reset by the remote side")


@pytest.mark.parametrize("name", ["closed", "nounix", "nows"])
def test_a_far_end_that_is_not_there_breaks_the_stream_with_a_reason(client, name):
    async def story(stream):
        with pytest.raises(anyio.BrokenResourceError) as broken:
            await stream.receive()
        return status_of(broken.value)

    code, details = talk(client.children[name], story, seconds=10)
    assert code == "UNKNOWN"
    assert details


def test_a_stream_method_that_is_not_there_is_not_found(client):
    async def story(stream):
        with pytest.raises(anyio.BrokenResourceError) as broken:
            await stream.receive()
        return status_of(broken.value)

    assert talk(client.tcp, story, method="dial") == ("NOT_FOUND", "method dial not found on driver")
    assert talk(client.tcp, story, method="address") == (
        "NOT_FOUND",
        "method address missing marker marker_streamcall",
    )


def test_sixteen_streams_run_side_by_side(client):
    async def one(number):
        data = noise(MIB // 4, seed=number)
        async with client.tcp.stream_async("connect") as stream, anyio.create_task_group() as group:
            group.start_soon(send_all, stream, data)
            assert sha256(await receive_exactly(stream, len(data))) == sha256(data)

    async def all_of_them():
        with anyio.fail_after(60):
            async with anyio.create_task_group() as group:
                for number in range(16):
                    group.start_soon(one, number)

    client.portal.call(all_of_them)


def test_a_reader_that_stalls_holds_up_nobody_else(client):
    async def stalled(ready, done):
        async with client.tcp.stream_async("connect") as stream:
            with anyio.move_on_after(0.5):  # sends until the echo, unread, pushes back
                while True:
                    await stream.send(bytes(65536))
            ready.set()
            await done.wait()

    async def story():
        ready, done = anyio.Event(), anyio.Event()
        with anyio.fail_after(30):
            async with anyio.create_task_group() as group:
                group.start_soon(stalled, ready, done)
                await ready.wait()
                async with client.tcp.stream_async("connect") as stream:
                    await stream.send(b"still here")
                    assert await receive_exactly(stream, 10) == b"still here"
                assert await client.tcp.call_async("address")
                done.set()

    client.portal.call(story)


# ---- port forwards ----


def recv_to_end(sock):
    return b"".join(iter(lambda: sock.recv(65536), b""))


def test_a_tcp_forward_carries_both_ways(client):
    with TcpPortforwardAdapter(client=client.tcp) as address, socket.create_connection(address, 10) as sock:
        sock.sendall(b"hello")
        assert sock.recv(5) == b"hello"


def test_a_tcp_forward_carries_a_half_close(client):
    with TcpPortforwardAdapter(client=client.collect) as address, socket.create_connection(address, 10) as sock:
        sock.sendall(b"abc")
        sock.shutdown(socket.SHUT_WR)
        assert recv_to_end(sock) == b"got:abc"


def test_a_tcp_forward_ends_when_the_far_side_ends(client):
    with TcpPortforwardAdapter(client=client.bye) as address, socket.create_connection(address, 10) as sock:
        assert recv_to_end(sock) == b"bye"


def test_a_tcp_forward_serves_many_connections_at_once(client):
    with TcpPortforwardAdapter(client=client.tcp) as address, ExitStack() as stack:
        socks = [stack.enter_context(socket.create_connection(address, 10)) for _ in range(8)]
        for number, sock in enumerate(socks):
            sock.sendall(b"%d" % number)
        assert [sock.recv(1) for sock in socks] == [b"%d" % number for number in range(8)]


def test_a_tcp_forward_carries_eight_mebibytes_up(client):
    data = noise(8 * MIB, seed=3)
    with TcpPortforwardAdapter(client=client.digest) as address, socket.create_connection(address, 30) as sock:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        assert recv_to_end(sock).decode() == sha256(data)


def test_a_unix_forward_carries_both_ways(client, tmp_path):
    for path in (None, tmp_path / "forward"):
        with UnixPortforwardAdapter(client=client.unix, path=path) as at, socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(10)
            sock.connect(str(at))
            sock.sendall(b"hello")
            assert sock.recv(5) == b"hello"
