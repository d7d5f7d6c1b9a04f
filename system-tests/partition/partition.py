"""The partition test: a lab whose network, nodes and clients have a bad day, judged by what its devices wrote down.

    partition.py [--seconds 60] [--seed N] [--unfenced]

Ends with 0 if no board ever had two holders, every board works in the end, and no lease was forgotten by any node. With
`--unfenced` the check at the hardware is taken out, and the end is 0 only if the checker notices. Root on Linux only.
"""

import argparse
import collections
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import checker
import faults
from fleet import Fleet
from network import Network
from waiting import eventually

NODES = 3
CLIENTS = 2  # on each host
WARM_SECONDS = 120
STUCK_SECONDS = 150
MERGE_SECONDS = 60


def say(text):
    print(f"partition: {text}", flush=True)


def missing():
    if sys.platform != "linux":
        return "Linux, for its network namespaces"
    if os.geteuid() != 0:
        return "root, to make network namespaces"
    for program, package in (("ip", "iproute2"), ("iptables", "iptables")):
        if not shutil.which(program):
            return f"the program {program} (Debian: apt-get install {package})"
    return None


def used_since(fleet, board, moment):
    """Whether a lease that is new to the board has used it since then."""
    touches = checker.book(fleet.book(board))
    before = {touch.lease for touch in touches if touch.time < moment}
    return any(touch.time >= moment and touch.lease not in before for touch in touches)


def until_used(fleet, moment, seconds):
    """Waits for every board to serve a new lease; how long each took, or nothing for one that is stuck."""
    took, start = {}, time.monotonic()

    def all_used():
        for board in fleet.boards:
            if board not in took and used_since(fleet, board, moment):
                took[board] = time.monotonic() - start
        return len(took) == len(fleet.boards)

    try:
        eventually(all_used, "", seconds)
    except AssertionError:
        pass
    return took


def trespasses(fleet):
    return [f"{board}: {found}" for board in fleet.boards for found in checker.trespasses(checker.book(fleet.book(board)))]


def acknowledged(fleet):
    return {event["lease"] for event in fleet.events() if event["event"] == "created"}


def copies(fleet):
    return {f"n{node + 1}": checker.records(fleet.database(node)) for node in range(fleet.size)}


def judge_records(fleet):
    """Waits for the nodes to agree; what they still see differently, and what they forgot."""
    asked = acknowledged(fleet)

    def agree():
        now = copies(fleet)
        return not checker.differences(now) and not checker.lost(now, asked)

    try:
        eventually(agree, "", MERGE_SECONDS)
    except AssertionError:
        pass
    now = copies(fleet)
    return checker.differences(now) + [f"lost {each}" for each in checker.lost(now, asked)]


def judge_fences(fleet):
    leases = {key.rpartition("/")[2]: value for key, (version, value) in checker.records(fleet.database(0)).items()}
    return [
        f"{board}: {found}"
        for board in fleet.boards
        for found in checker.out_of_order(checker.book(fleet.book(board)), leases)
    ]


def facts(fleet, seed, seconds, done):
    kinds = collections.Counter(fault.kind for fault in done)
    events = collections.Counter(event["event"] for event in fleet.events())
    touches = {board: checker.book(fleet.book(board)) for board in fleet.boards}
    say(f"seed {seed}, {seconds} s; faults: " + (", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items())) or "none"))
    say(f"leases: {events['created']} made, {events['granted']} seen granted; refused touches: {events['refused']}")
    say("touches: " + ", ".join(f"{b} {len(t)} by {len(checker.holders(t))} leases" for b, t in touches.items()))


def fenced(fleet, seed, seconds):
    plan = faults.drawn(seed, seconds, hosts=NODES + 1, nodes=NODES)
    misfortune = faults.Misfortune(plan, fleet, say)
    misfortune.start()
    misfortune.join()
    if misfortune.error:
        raise misfortune.error
    say("healed")
    fleet.all_up()
    took = until_used(fleet, time.monotonic_ns(), STUCK_SECONDS)
    fleet.stop_players()
    problems = list(fleet.surprises)
    problems += [f"{board} is stuck: nobody got to use it in {STUCK_SECONDS} s" for board in fleet.boards if board not in took]
    problems += trespasses(fleet) + judge_records(fleet) + judge_fences(fleet)
    facts(fleet, seed, seconds, misfortune.done)
    say("used again after the end: " + ", ".join(f"{board} in {seconds:.1f} s" for board, seconds in took.items()))
    return problems


def unfenced(fleet, seed, seconds):
    """The checker has to find something, or it would find nothing in earnest either."""
    try:
        eventually(lambda: trespasses(fleet), "", seconds)
    except AssertionError:
        pass
    found = trespasses(fleet)
    facts(fleet, seed, seconds, [])
    if not found:
        return [f"the checker saw no two holders in {seconds} s, although nothing was there to keep them out"]
    say(f"without the fence the checker found {len(found)} trespasses, the first: {found[0]}")
    return []


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    options.add_argument("--unfenced", action="store_true")
    options.add_argument("--keep", action="store_true", help="keep the logs even if all is well")
    options = options.parse_args()
    if what := missing():
        sys.exit(f"partition: this test needs {what}")
    # Told to end, it leaves no hosts behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("partition: told to end"))
    say(f"seed {options.seed} (SEED={options.seed} repeats the faults)")
    room = Path(tempfile.mkdtemp(prefix="partition-"))
    with Network(NODES + 1) as network:
        with Fleet(room, network, NODES, CLIENTS, options.seed, not options.unfenced) as fleet:
            warm = until_used(fleet, 0, WARM_SECONDS)
            problems = [f"{board} was never used" for board in fleet.boards if board not in warm]
            if not problems:
                say("every board is in use")
                run = unfenced if options.unfenced else fenced
                problems = run(fleet, options.seed, options.seconds)
    for problem in problems:
        say(f"FAILED: {problem}")
    if problems:
        sys.exit(f"partition: {len(problems)} problems with seed {options.seed}; the logs are in {room}")
    if options.keep:
        say(f"the logs are in {room}")
    else:
        shutil.rmtree(room)
    say("passed")


if __name__ == "__main__":
    main()
