"""Measures starts: of an exporter to its first answered call, with its memory then, and of `--help`; stock beside ours, in turns."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "contract"))

from peers import PEERS, Exporter, command  # noqa: E402

ROUNDS = 7
POWER = {"power": {"type": "jumpstarter_driver_power.driver.MockPower"}}


def first_call(peer):
    """Seconds to the first answer, and megabytes of all processes of the exporter then."""
    begin = time.perf_counter()
    with Exporter(peer, export=POWER) as exporter:
        took = time.perf_counter() - begin
        return took, sum(map(resident, family(exporter.process.pid))) / 1024


def family(pid):
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid] + [each for child in children for each in family(int(child))]


def resident(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def help_text(peer):
    begin = time.perf_counter()
    subprocess.run([*command(peer), "--help"], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def main():
    for peer in PEERS:  # whatever is made once is made now
        first_call(peer)
    starts = {peer: [] for peer in PEERS}
    helps = {peer: [] for peer in PEERS}
    for _ in range(ROUNDS):
        for peer in PEERS:
            starts[peer].append(first_call(peer))
            helps[peer].append(help_text(peer))
    print(f"medians of {ROUNDS}, in turns    " + "".join(f"{peer:>10}" for peer in PEERS))
    rows = {
        "start to first answer, s": {peer: statistics.median(took for took, _ in starts[peer]) for peer in PEERS},
        "memory then, MB": {peer: statistics.median(size for _, size in starts[peer]) for peer in PEERS},
        "--help, s": {peer: statistics.median(helps[peer]) for peer in PEERS},
    }
    for name, values in rows.items():
        print(f"{name:<28}" + "".join(f"{values[peer]:>10.2f}" for peer in PEERS))


if __name__ == "__main__":
    main()
