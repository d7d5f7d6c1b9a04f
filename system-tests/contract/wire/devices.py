"""The little devices and servers that the fixtures were recorded with, each on a port or path of its own."""

import os
import pty
import select
import socket
import struct
import threading
import tty
from contextlib import ExitStack, contextmanager

import web as http
from websockets.sync.server import serve as serve_websocket


@contextmanager
def _accepting(listener, serve):
    """Runs `serve(connection)` in a thread per connection until the block is left."""

    def accept():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_with, args=(serve, connection), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield
    finally:
        listener.close()


def _with(serve, connection):
    with connection:
        try:
            serve(connection)
        except OSError:
            pass  # the other side may go at any time


def echo(connection):
    while data := connection.recv(65536):
        connection.sendall(data)


def say_bye(connection):
    connection.sendall(b"bye")
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(65536):
        pass


def answer_at_the_end(connection):
    got = b""
    while data := connection.recv(65536):
        got += data
    connection.sendall(b"got:" + got)


def reset(connection):
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextmanager
def tcp(serve):
    with socket.create_server(("127.0.0.1", 0)) as listener, _accepting(listener, serve):
        yield listener.getsockname()[1]


@contextmanager
def unix(path, serve):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        with _accepting(listener, serve):
            yield


@contextmanager
def udp_echo():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        device.bind(("127.0.0.1", 0))

        def answer():
            while True:
                try:
                    data, sender = device.recvfrom(65536)
                    device.sendto(data, sender)
                except OSError:
                    return

        threading.Thread(target=answer, daemon=True).start()
        yield device.getsockname()[1]


@contextmanager
def websocket_echo():
    def serve(connection):
        for message in connection:
            connection.send(message)

    with serve_websocket(serve, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.socket.getsockname()[1]
        server.shutdown()
    thread.join()


@contextmanager
def terminal(link):
    """A serial device that answers `to-dut` with `from-dut` and nothing else."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.symlink(os.ttyname(slave), link)
    done, finish = os.pipe()

    def answer():
        got = b""
        while done not in (ready := select.select([master, done], [], [])[0]):
            got += os.read(ready[0], 100)
            if got.endswith(b"to-dut"):
                os.write(master, b"from-dut")

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield
    finally:
        os.close(finish)
        thread.join()
        for fd in (master, slave, done):
            os.close(fd)


def _pages(web):
    web.page("/img%40x.bin", b"image" * 1000)
    for path in ("/p", "/p%40q"):
        web.page(path, b"fromhttp" * 4)
    web.page("/redir", status=302, Location=web.base + "/img%40x.bin")
    web.page("/loop", status=302, Location=web.base + "/loop")
    web.page("/noloc", status=302)


@contextmanager
def all_devices(room):
    """Starts everything; yields which port stands for which port of the recordings."""
    with ExitStack() as stack:
        enter = stack.enter_context
        web = enter(http.serving())
        _pages(web)
        enter(unix(room / "echo.sock", echo))
        enter(terminal(room / "ptyC"))
        yield {
            18099: enter(tcp(echo)),
            18098: enter(udp_echo()),
            18097: int(web.base.rpartition(":")[2]),
            18094: enter(tcp(say_bye)),
            18093: enter(tcp(reset)),
            18092: enter(tcp(answer_at_the_end)),
            18091: enter(websocket_echo()),
        }
