"""The third peer: one exporter whose drivers run on three nodes of a lab, and a stock client that has leased it.

What it is asked is what the others are asked; only how it is started, and where its client connects, differ.
"""

import atexit
import itertools
import subprocess

import grpc
import yaml
from lab.labs import Lab
from peers import BIN, Exporter, clean_environment, command, config_text, run
from waiting import eventually

NODES = ("n1", "n2", "n3")
COMPOSITE = "jumpstarter_driver_composite.driver.Composite"
NUMBERS = itertools.count(1)
LAB = []


def the_lab():
    """One for all tests of a process."""
    if not LAB:
        # As the exporters of some tests have it; there are no others to give it to.
        environment = {"FROM_THE_EXPORTER": "yes"}
        lab = Lab(nodes=len(NODES), environments={node: environment for node in NODES}).__enter__()
        atexit.register(lab.__exit__)
        lab.client("ann")
        LAB.append(lab)
    return LAB[0]


def scatter(children, nodes):
    """Each driver on the next node, with what is below it; what only holds others does not keep them together."""
    for child in children.values():
        if not isinstance(child, dict) or "ref" in child:
            continue
        child["node"] = next(nodes)
        if child.get("type", COMPOSITE) == COMPOSITE:
            scatter(child.get("children") or {}, nodes)


class SpreadExporter(Exporter):
    def start(self, attempts=1):
        self.lab = the_lab()
        self.name = f"spread{next(NUMBERS)}"
        settings = yaml.safe_load(config_text(self._config))
        settings["metadata"]["name"] = self.name
        scatter(settings["export"], itertools.cycle(NODES[1:] + NODES[:1]))
        self.config_file.write_text(yaml.safe_dump(settings, sort_keys=False))
        done = run([*command("rigbus"), "apply", self.config_file, "--data", self.lab.nodes[0].data])
        self.log_file.write_text(done.text)
        assert done.code == 0, done.text
        self.lab.until_ready(self.name)
        self.process = subprocess.Popen(
            [str(word) for word in self.lab.words("ann", "shell", "-n", self.name, "--", "sh", "-c", "echo $JUMPSTARTER_HOST; exec cat")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log_file.open("a"),
            env=clean_environment({"JMP_CLIENT_CONFIG_HOME": str(self.lab.home)} | (self._env or {})),
            text=True,
            start_new_session=True,
        )
        said = self.process.stdout.readline()
        while said and not said.startswith("/"):
            said = self.process.stdout.readline()
        assert said, f"no shell:\n{self.log}\n{self.lab.log[-4000:]}"
        self.path = said.strip()
        return self

    @property
    def address(self):
        return self.path

    def channel(self):
        return grpc.insecure_channel(f"unix:{self.path}")

    def stop(self, seconds=20):
        self.process.stdin.close()
        code = self.wait(seconds)
        run([*command("rigbus"), "delete", "exporter", self.name, "--data", self.lab.nodes[0].data])
        return code

    @property
    def log(self):
        return super().log + "\n" + self.lab.log[-6000:]
