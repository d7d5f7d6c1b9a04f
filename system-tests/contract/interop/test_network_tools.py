"""What the stock client builds on a network driver: port forwards of `j`, the WebSocket bridge and the ssh connection."""

import re
import socket
import subprocess
from contextlib import contextmanager
from urllib.parse import parse_qs, urlparse

import endpoints
import paramiko
import pytest
from jumpstarter_driver_network.adapters import FabricAdapter, NovncAdapter
from peers import BIN, Exporter, clean_environment, free_port
from websockets.sync.client import connect as connect_websocket


class Ssh(paramiko.ServerInterface):
    """Lets everybody in and answers every command with its own words and the code 3."""

    def check_auth_password(self, *_):
        return paramiko.AUTH_SUCCESSFUL

    def check_channel_request(self, *_):
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel, command):
        channel.sendall(b"ran: " + command)
        channel.send_exit_status(3)
        channel.shutdown_write()  # the client closes: a close from here could overtake the answer to the request
        return True


@pytest.fixture(scope="module")
def exporter(peer):
    key = paramiko.ECDSAKey.generate()

    def ssh(conn):
        transport = paramiko.Transport(conn)
        transport.add_server_key(key)
        transport.start_server(server=Ssh())
        transport.join()

    def tcp(address):
        config = {"host": address[0], "port": address[1]}
        return {"type": "jumpstarter_driver_network.driver.TcpNetwork", "config": config}

    with endpoints.tcp_server(endpoints.echo) as echo, endpoints.tcp_server(ssh) as sshd:
        with Exporter(peer, export={"tcp": tcp(echo), "ssh": tcp(sshd)}) as exporter:
            yield exporter


def test_fabric_runs_a_command_through_the_stream(client):
    with FabricAdapter(client=client.ssh, user="root", connect_kwargs={"password": "x"}) as connection:
        done = connection.run("uname -a", hide=True, warn=True, in_stream=False)
        connection.close()
    assert (done.stdout, done.exited) == ("ran: uname -a", 3)


def test_a_browser_reaches_the_stream_through_the_websocket_bridge(client):
    with NovncAdapter(client=client.tcp) as url:
        query = parse_qs(urlparse(url).query)
        with connect_websocket("ws://{}:{}".format(query["host"][0], query["port"][0])) as ws:
            ws.ping()
            ws.send(b"hello")
            assert ws.recv(10) == b"hello"


@contextmanager
def running_j(exporter, *words):
    """Yields the first line of a `j` that runs on, until the block ends."""
    process = subprocess.Popen(
        [BIN / "j", *map(str, words)],
        env=clean_environment(exporter.client_environment()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("flags", [[], ["--address", "127.0.0.1"]])
def test_j_forwards_a_tcp_port(exporter, flags):
    port = free_port()
    with running_j(exporter, "tcp", "forward-tcp", *flags, port) as line:
        assert re.fullmatch(rf"(127\.0\.0\.1|\[::1\]):{port}", line)
        with socket.create_connection(("localhost", port), 10) as sock:
            sock.sendall(b"hello")
            assert sock.recv(5) == b"hello"


def test_j_forwards_a_unix_socket(exporter, tmp_path):
    with running_j(exporter, "tcp", "forward-unix", tmp_path / "sock") as line:
        assert line == str(tmp_path / "sock")
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(10)
            sock.connect(line)
            sock.sendall(b"hello")
            assert sock.recv(5) == b"hello"
