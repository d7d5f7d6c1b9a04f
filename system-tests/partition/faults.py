"""What happens to the lab, drawn from a seed: the same seed, the same misfortune."""

import random
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """From `at` to `end`, in seconds after the start; of one host, or of two."""

    at: float
    end: float
    kind: str
    hosts: tuple

    def __str__(self):
        return f"{self.at:6.1f} s  {self.kind:8} {' '.join(f'host{h + 1}' for h in self.hosts)} for {self.end - self.at:.1f} s"


def drawn(seed, seconds, hosts, nodes, kinds=("isolate", "part", "deaf", "kill", "freeze")):
    """Faults of `hosts` hosts, the first `nodes` of which run a node. Between them there is time to breathe, and sometimes none."""
    dice = random.Random(seed)
    faults, now = [], 2.0
    while now < seconds:
        kind = dice.choice(kinds)
        last = min(now + dice.uniform(2.0, 18.0), seconds)
        if kind in ("part", "deaf"):
            victims = tuple(dice.sample(range(hosts), 2))
        elif kind == "isolate":
            victims = (dice.randrange(hosts),)
        else:
            victims = (dice.randrange(nodes),)
        faults.append(Fault(now, last, kind, victims))
        now += dice.uniform(1.0, 9.0)
    return faults


class Misfortune(threading.Thread):
    """Lets the faults happen, one host being the victim of one fault of a kind at a time."""

    def __init__(self, faults, lab, say):
        super().__init__(daemon=True)
        self.faults = faults
        self.lab = lab
        self.say = say
        self.done = []
        self.error = None

    def run(self):
        try:
            self.play()
        except Exception as e:
            self.error = e

    def play(self):
        start = time.monotonic()
        active = {}
        moments = sorted([(f.at, 0, n) for n, f in enumerate(self.faults)] + [(f.end, 1, n) for n, f in enumerate(self.faults)])
        for moment, is_end, number in moments:
            # The plan is the clock here: there is no event to wait for.
            time.sleep(max(0.0, start + moment - time.monotonic()))
            fault = self.faults[number]
            # Two faults that undo each other's end are one: the node that is killed cannot be frozen.
            what = (fault.kind if fault.kind in ("isolate", "part", "deaf") else "process", *fault.hosts)
            if not is_end and what not in active.values():
                active[number] = what
                self.say(str(fault))
                self.lab.hurt(fault)
                self.done.append(fault)
            elif is_end and number in active:
                del active[number]
                self.lab.heal(fault)
