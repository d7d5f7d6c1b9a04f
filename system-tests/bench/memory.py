"""Measures how much an exporter grows under eight streams that echo in bulk, one of them without a reader; stock beside ours, in turns."""

import socketserver
import statistics
import sys
import threading
import time
from contextlib import ExitStack
from itertools import repeat
from pathlib import Path

CONTRACT = Path(__file__).resolve().parents[1] / "contract"
sys.path[:0] = [str(CONTRACT), str(CONTRACT / "wire")]

import footprint  # noqa: E402
import grpc  # noqa: E402
from jumpstarter_protocol import router_pb2, router_pb2_grpc  # noqa: E402
from peers import PEERS, Exporter  # noqa: E402
from raw import connection  # noqa: E402

ROUNDS = 3
STREAMS = 8
SECONDS = 8.0
CHUNK = router_pb2.StreamRequest(payload=bytes(64 * 1024))


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            while chunk := self.request.recv(1 << 18):
                self.request.sendall(chunk)
        except OSError:
            pass  # the exporter went away


class Device(socketserver.ThreadingTCPServer):
    daemon_threads = True


def read(stream, counts):
    try:
        for frame in stream:
            counts.append(len(frame.payload))
    except grpc.RpcError:
        pass  # the end of the measurement


def growth(peer):
    """Megabytes that the exporter grows by at most, and megabytes that the readers get a second."""
    with ExitStack() as stack:
        device = stack.enter_context(Device(("127.0.0.1", 0), Echo))
        threading.Thread(target=device.serve_forever, daemon=True).start()
        stack.callback(device.shutdown)
        network = {"type": "jumpstarter_driver_network.driver.TcpNetwork", "config": {"host": "127.0.0.1", "port": device.server_address[1]}}
        power = {"type": "jumpstarter_driver_power.driver.MockPower"}
        exporter = stack.enter_context(Exporter(peer, export={"tcp": network, "power": power}))
        with connection(exporter) as raw:
            raw.call(raw.uuid("power"), "on")
            request = (("request", '{"kind": "driver", "uuid": "%s", "method": "connect"}' % raw.uuid("tcp")),)
        before = footprint.memory(exporter)
        counts = []
        for number in range(STREAMS):
            channel = stack.enter_context(grpc.insecure_channel(exporter.address, [("grpc.use_local_subchannel_pool", 1)]))
            stream = router_pb2_grpc.RouterServiceStub(channel).Stream(repeat(CHUNK), metadata=request)
            stack.callback(stream.cancel)
            if number:  # nobody reads the first
                threading.Thread(target=read, args=(stream, counts), daemon=True).start()
        most, end = 0, time.monotonic() + SECONDS
        while time.monotonic() < end:
            most = max(most, footprint.memory(exporter))
            time.sleep(0.05)
        return (most - before) / footprint.MEGABYTE, sum(counts) / SECONDS / 1e6


def main():
    grown = {peer: [] for peer in PEERS}
    for _ in range(ROUNDS):
        for peer in PEERS:
            grown[peer].append(growth(peer))
    print(f"medians of {ROUNDS}, in turns    " + "".join(f"{peer:>10}" for peer in PEERS))
    for place, name in enumerate(("growth, MB", "all readers, MB/s")):
        print(f"{name:<28}" + "".join(f"{statistics.median(each[place] for each in grown[peer]):>10.1f}" for peer in PEERS))


if __name__ == "__main__":
    main()
