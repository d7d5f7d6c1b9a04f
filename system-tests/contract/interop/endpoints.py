"""The far ends that an exporter connects to: small servers on ports that the system chose."""

import hashlib
import os
import select
import socket
import socketserver
import termios
import threading
import tty
from contextlib import contextmanager

from websockets.sync.server import serve as serve_websocket

CHUNK = 65536


def echo(conn):
    while data := conn.recv(CHUNK):
        conn.sendall(data)


def collect(conn):
    """Answers only after the end of its input: proves that a half-close arrives and leaves the way back open."""
    got = bytearray()
    while data := conn.recv(CHUNK):
        got += data
    conn.sendall(b"got:" + bytes(got))


def digest(conn):
    """Answers the SHA-256 of all it got."""
    summing = hashlib.sha256()
    while data := conn.recv(CHUNK):
        summing.update(data)
    conn.sendall(summing.hexdigest().encode())


def say_bye(conn):
    conn.sendall(b"bye")


def reset(conn):
    """Ends the connection with a TCP reset at the first byte."""
    conn.recv(1)
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    conn.close()


def _server(base, address, talk):
    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            try:
                talk(self.request)
            except OSError:
                pass  # the exporter went away first

    class Server(socketserver.ThreadingMixIn, base):
        daemon_threads = True

    return Server(address, Handler)


@contextmanager
def _running(server):
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server.server_address
    finally:
        server.shutdown()
        server.server_close()


def tcp_server(talk, host="127.0.0.1"):
    """Yields (host, port)."""

    class Tcp(socketserver.TCPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

    return _running(_server(Tcp, (host, 0), talk))


def unix_server(talk, path):
    """Yields the path."""
    return _running(_server(socketserver.UnixStreamServer, str(path), talk))


@contextmanager
def udp_echo_server():
    """Yields (host, port); every datagram comes back."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            data, sock = self.request
            sock.sendto(data, self.client_address)

    class Udp(socketserver.UDPServer):
        max_packet_size = CHUNK

    with _running(Udp(("127.0.0.1", 0), Handler)) as address:
        yield address


@contextmanager
def websocket_echo_server():
    """Yields the URL; every message comes back as it was, and the path of each request is kept in `paths`."""
    paths = []

    def talk(ws):
        paths.append(ws.request.path)
        for message in ws:
            ws.send(message)

    with serve_websocket(talk, "127.0.0.1", 0, max_size=None) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host, port = server.socket.getsockname()[:2]
        try:
            yield f"ws://{host}:{port}/far/end?x=1", paths
        finally:
            server.shutdown()


class PtyPair:
    """A pair of pseudo terminals: the exporter opens `path`, the test is the device at the other end."""

    def __init__(self):
        # The slave stays open here, so that the master does not hang up between two clients.
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave)
        attributes = termios.tcgetattr(self._slave)
        attributes[2] |= termios.HUPCL
        termios.tcsetattr(self._slave, termios.TCSANOW, attributes)
        self.path = os.ttyname(self._slave)
        self._stopping = threading.Event()
        self._thread = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stopping.set()
        if self._thread:
            self._thread.join(5)
        os.close(self._slave)
        os.close(self.master)

    def act(self, talk):
        """Lets `talk(bytes) -> bytes` answer whatever arrives, as the device would."""

        def loop():
            while not self._stopping.is_set():
                if select.select([self.master], [], [], 0.05)[0]:
                    self.write(talk(os.read(self.master, CHUNK)))

        self._thread = threading.Thread(target=loop, daemon=True)
        self._thread.start()
        return self

    def modes(self):
        """The control modes that the exporter has set on its end."""
        return termios.tcgetattr(self._slave)[2]

    def read(self, size, seconds=10):
        """What the device gets, up to the given number of bytes."""
        got = b""
        while len(got) < size and select.select([self.master], [], [], seconds)[0]:
            got += os.read(self.master, size - len(got))
        return got

    def write(self, data):
        # A terminal takes as much as its buffer holds.
        while data:
            data = data[os.write(self.master, data) :]
