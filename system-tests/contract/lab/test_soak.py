"""What a node holds stays flat while it is used: for as long as RIGBUS_SOAK_SECONDS says, half a minute by default."""

import os
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
from jumpstarter_protocol.jumpstarter.client.v1 import client_pb2
from lab.labs import refused
from lab.wire import Tunnel, exchange
from peers import free_port

SOAK_SECONDS = float(os.environ.get("RIGBUS_SOAK_SECONDS", "30"))
WORKERS = 3
AUDIT_BYTES = 4000  # of a lease: it was asked for, dialled twice, and given back
METRICS = free_port()
LAB = {
    "settings": {"metrics": {"listen": f"127.0.0.1:{METRICS}"}, "leasePolicy": {"retention": "1m"}},
    "boards": {"n1": {"desk": {"board": "desk"}}},
}


class Held:
    """What a process holds, after it has thrown away what it does not need."""

    def __init__(self, node):
        pid = node.process.popen.pid
        subprocess.run([jcmd(), str(pid), "GC.run"], check=True, stdout=subprocess.DEVNULL, timeout=60)
        proc = Path("/proc", str(pid))
        self.descriptors = len(list((proc / "fd").iterdir()))
        self.threads = int(re.search(r"Threads:\s+(\d+)", (proc / "status").read_text())[1])
        with urllib.request.urlopen(f"http://127.0.0.1:{METRICS}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        self.heap = used(text, 'area="heap"')
        self.classes = used(text, "Metaspace")
        sizes = list(file_sizes(node.data))
        self.files = len(sizes)
        self.disk = sum(sizes)

    def __repr__(self):
        heap, classes, disk = (f"{each / 1e6:.1f} MB" for each in (self.heap, self.classes, self.disk))
        return f"{heap} of heap, {classes} of classes, {self.threads} threads, {self.descriptors} descriptors, {disk} in {self.files} files"


def file_sizes(folder):
    for each in folder.rglob("*"):
        try:
            if each.is_file():
                yield each.stat().st_size
        except FileNotFoundError:
            pass  # it was about to go


def jcmd():
    home = os.environ.get("JAVA_HOME")
    beside = Path(home, "bin", "jcmd") if home else None
    return beside if beside and beside.exists() else shutil.which("jcmd")


def used(text, what):
    lines = [line for line in text.splitlines() if line.startswith("jvm_memory_used_bytes{") and what in line]
    return sum(float(line.rpartition(" ")[2]) for line in lines)


def busy_day(wire, ann, router, board):
    """A lease from its wish to its end, with a stream, and some of what goes wrong in a lab."""
    lease = ann.create(board.selector)
    ann.ready(lease.name)
    listen = board.serve(lease.name)
    dialled = ann.dial(lease.name)
    listen.until(lambda m: m.router_token == dialled.router_token)
    sides = [Tunnel(router(dialled.router_endpoint), dialled.router_token) for _ in range(2)]
    exchange(*sides)
    for side in sides:
        side.close()
    # One who waits for nobody, one who says nothing, one who is not who he says, and a stream that breaks.
    alone = ann.dial(lease.name)
    Tunnel(router(alone.router_endpoint), alone.router_token).cancel()
    socket.create_connection(("127.0.0.1", wire.lab.nodes[0].port)).close()
    with refused(grpc.StatusCode.UNKNOWN):
        stranger = [(k, "Bearer " + "x" * 40 if k == "authorization" else v) for k, v in ann.metadata()]
        ann.desk.ListLeases(client_pb2.ListLeasesRequest(parent=ann.parent), metadata=stranger, timeout=30)
    ann.delete(lease.name)
    board.freed(lease.name)
    board.statuses.cancel()
    board.listen_to_status()
    board.report("AVAILABLE")
    del board.streams[:-1]


@pytest.mark.timeout(SOAK_SECONDS + 180)
def test_r81_a_node_in_use_holds_no_more_than_before(wire, ann, router):
    node = wire.lab.nodes[0]
    boards = [wire.board() for _ in range(WORKERS)]
    done = [0] * WORKERS
    calm = threading.Event()

    def work(number):
        while not calm.is_set():
            busy_day(wire, ann, router, boards[number])
            done[number] += 1

    with ThreadPoolExecutor(WORKERS) as threads:
        working = [threads.submit(work, number) for number in range(WORKERS)]
        try:
            # A third of the time is for what is made once.
            end = time.monotonic() + SOAK_SECONDS
            calm.wait(SOAK_SECONDS / 3)
            before, leases = Held(node), sum(done)
            while time.monotonic() < end and not any(each.done() for each in working):
                calm.wait(1)
            # Whoever has ended has failed, and says why.
            for each in working:
                if each.done():
                    each.result()
            after = Held(node)
        finally:
            calm.set()
    for each in working:
        each.result()
    print(f"\nafter {leases} leases: {before}\nafter {sum(done)}: {after}")
    assert sum(done) > leases > 0
    assert after.threads <= before.threads + 4, (before, after)
    assert after.descriptors <= before.descriptors + 12, (before, after)
    assert after.heap <= before.heap + 8e6, (before, after)
    assert after.classes <= before.classes + 4e6, (before, after)
    assert after.files <= before.files + 4, (before, after)
    # Leases are forgotten after a minute here; the audit is kept for good.
    assert after.disk <= before.disk + 8e6 + AUDIT_BYTES * (sum(done) - leases), (before, after)
