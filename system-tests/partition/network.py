"""Hosts on a switch of their own: network namespaces, out of reach of everything else on the machine."""

import os
import subprocess


def command(*words):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stdout


class Host:
    """One host: an address, and a cable to the switch."""

    def __init__(self, network, number):
        self.network = network
        self.number = number
        self.space = f"{network.prefix}-{number}"
        self.address = f"10.77.0.{number}"
        self.port = f"p{number}"  # the switch's end of the cable

    def plug(self):
        command("ip", "netns", "add", self.space)
        command("ip", "-n", self.network.switch, "link", "add", self.port, "type", "veth",
                "peer", "name", "eth0", "netns", self.space)
        command("ip", "-n", self.network.switch, "link", "set", self.port, "master", "switch", "up")
        command("ip", "-n", self.space, "addr", "add", f"{self.address}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            command("ip", "-n", self.space, "link", "set", device, "up")

    def inside(self, *words):
        """The words that run something on this host."""
        return ["ip", "netns", "exec", self.space, *map(str, words)]

    def isolate(self):
        command("ip", "-n", self.network.switch, "link", "set", self.port, "down")

    def rejoin(self):
        command("ip", "-n", self.network.switch, "link", "set", self.port, "up")

    def shun(self, other):
        """Drops all that comes from another host."""
        command(*self.inside("iptables", "-w", "-A", "INPUT", "-s", other.address, "-j", "DROP"))

    def forgive(self, other):
        command(*self.inside("iptables", "-w", "-D", "INPUT", "-s", other.address, "-j", "DROP"))


class Network:
    def __init__(self, count):
        self.prefix = f"rb{os.getpid()}"
        self.switch = f"{self.prefix}-s"
        self.hosts = [Host(self, number) for number in range(1, count + 1)]

    def __enter__(self):
        try:
            command("ip", "netns", "add", self.switch)
            command("ip", "-n", self.switch, "link", "add", "switch", "type", "bridge")
            command("ip", "-n", self.switch, "link", "set", "switch", "up")
            for host in self.hosts:
                host.plug()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error):
        for space in [*(host.space for host in self.hosts), self.switch]:
            subprocess.run(["ip", "netns", "delete", space], capture_output=True)
