"""Measures a lab with a thousand exporters and ten thousand leases: leases a second, how long lists take, and what the node holds.

    python crowd.py [SECONDS]
"""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "contract"))

from jumpstarter_protocol.jumpstarter.client.v1 import client_pb2  # noqa: E402
from lab import test_soak  # noqa: E402
from lab.labs import Lab  # noqa: E402
from lab.wire import Wire, holds, seconds  # noqa: E402

EXPORTERS, LEASES, WORKERS = 1000, 10_000, 4


def timed(task):
    begun = time.monotonic()
    result = task()
    return time.monotonic() - begun, result


def make_boards(wire):
    def board(_):
        made = wire.exporter()
        made.register()
        made.report("AVAILABLE")
        made.close()
        return made

    with ThreadPoolExecutor(WORKERS) as threads:
        return list(threads.map(board, range(EXPORTERS)))


def say_available(boards, stop):
    """Stock exporters say that they are there; without that they are offline after a minute."""
    while not stop.wait(20):
        for board in boards:
            if stop.is_set():
                return
            board.report("AVAILABLE")


def leases_for(client, boards, end):
    """Leases from their wish to their end, one after the other; how many, and how many began at once."""
    made = ready = 0
    while time.monotonic() < end:
        lease = client.create(boards[made % len(boards)].selector)
        ready += holds(lease, "Ready")
        client.delete(lease.name)
        made += 1
    return made, ready


def pages(client, **filters):
    token, sizes, times = "", [], []
    while True:
        took, page = timed(lambda: client.leases(page_token=token, **filters))
        sizes.append(page.ByteSize())
        times.append(took)
        token = page.next_page_token
        if not token:
            return sizes, times


def main():
    measured = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    settings = {"metrics": {"listen": f"127.0.0.1:{test_soak.METRICS}"}}
    with Lab(settings=settings) as lab, Wire(lab) as wire:
        pid = lab.nodes[0].process.popen.pid
        print("empty:", test_soak.Held(pid), flush=True)
        took, boards = timed(lambda: make_boards(wire))
        print(f"{EXPORTERS} exporters made and registered in {took:.0f} s:", test_soak.Held(pid), flush=True)
        stop = threading.Event()
        clients = [wire.client() for _ in range(WORKERS)]
        threading.Thread(target=say_available, args=(boards, stop), daemon=True).start()
        part = len(boards) // WORKERS
        with ThreadPoolExecutor(WORKERS) as threads:
            end = time.monotonic() + measured
            runs = [
                threads.submit(leases_for, client, boards[n * part : (n + 1) * part], end)
                for n, client in enumerate(clients)
            ]
            made, ready = (sum(run.result()[i] for run in runs) for i in (0, 1))
        print(f"{made / measured:.0f} leases a second, from the wish to the end; {ready} of {made} had their board at once")
        print("then:", test_soak.Held(pid), flush=True)
        wish = client_pb2.Lease(exporter_name="nosuch", duration=seconds(60))
        with ThreadPoolExecutor(WORKERS) as threads:
            took, _ = timed(lambda: list(threads.map(lambda n: clients[n % WORKERS].create(
                time=60, exporter_name=wish.exporter_name), range(LEASES))))
        print(f"{LEASES} leases for a board that is not there in {took:.0f} s:", test_soak.Held(pid), flush=True)
        sizes, times = pages(clients[0], only_active=False)
        print(
            f"a list of all: {len(sizes)} pages, at most {max(sizes) / 1e6:.2f} MB and {max(times):.2f} s each, {sum(times):.2f} s together"
        )
        took, _ = timed(lambda: clients[0].leases(page_size=100))
        print(f"a page of 100 active ones: {took * 1000:.0f} ms")
        took, page = timed(lambda: clients[0].exporters(page_size=1000))
        print(f"{len(page.exporters)} exporters: {took * 1000:.0f} ms, {page.ByteSize() / 1e6:.2f} MB")
        stop.set()


if __name__ == "__main__":
    main()
