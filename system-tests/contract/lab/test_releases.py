"""Two releases in one lab. There is one so far: the other is the same program under another name, which is all that nodes see of it."""

import os
import re
import shutil
import zipfile
from pathlib import Path

import grpc
import pytest
from lab.labs import Node
from lab.nodes import at_each_node, desks, lap, until_online
from lab.wire import holds
from peers import CHECKOUT
from waiting import eventually

LAB = desks(2)
NEXT = "99.1.0"
SECONDS = 60


def release(folder, version, changes=()):
    """The command of a release that goes by that version, with some bytes of our own jars changed; lengths stay as they are."""
    folder.mkdir()
    built = CHECKOUT / "app" / "target"
    (folder / "lib").mkdir()
    for jar in (built / "lib").iterdir():
        if changes and jar.name.startswith("rigbus-"):
            changed(jar, folder / "lib" / jar.name, changes)
        else:
            (folder / "lib" / jar.name).symlink_to(jar)
    with zipfile.ZipFile(built / "rigbus.jar") as jar:
        manifest = jar.read("META-INF/MANIFEST.MF").decode()
    line = next(line for line in manifest.splitlines() if line.startswith("Implementation-Version: "))
    changed(built / "rigbus.jar", folder / "rigbus.jar", [(re.escape(line.encode()), f"Implementation-Version: {version}".encode())])
    home = os.environ.get("JAVA_HOME")
    java = Path(home, "bin", "java") if home else shutil.which("java")
    return [java, "-XX:+UseSerialGC", "-Xmx128m", "-cp", folder / "rigbus.jar", "dev.rigbus.app.Main"]


def changed(source, target, changes):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            for before, after in changes:
                data = re.sub(before, after, data)
            new.writestr(entry, data)


@pytest.mark.timeout(240)
def test_r43_nodes_of_two_releases_are_one_lab_in_either_order(wire, ann):
    lab = wire.lab
    newer, older = release(lab.room / "newer", NEXT), lab.nodes[0].program
    clients = at_each_node(wire, ann, 2)
    kept = clients[0].create(exporter_name="desk1")
    clients[0].ready(kept.name)
    # The one node goes first, then the other, and the first one back again.
    for number, program in ((1, newer), (0, newer), (1, older)):
        node = lab.nodes[number]
        node.stop()
        node.program = program
        node.start()
        for client in clients:
            until_online(client, ["desk1", "desk2"])
            eventually(lambda: runs(client), lambda: lab.log[-3000:], SECONDS)
        assert holds(clients[1].get(kept.name), "Ready"), number
        clients[0].dial(kept.name)
        shown = lab.admin("get", "nodes").out
        assert (NEXT in shown) == any(each.program is newer for each in lab.nodes), shown


def runs(client):
    """Whether the lab can write; its members have just changed."""
    try:
        return lap(client, "desk2") > 0
    except grpc.RpcError:
        return False


@pytest.mark.timeout(120)
def test_r43_a_node_with_another_minor_of_hazelcast_is_told_so(wire):
    lab = wire.lab
    token = lab.room / "other.token"
    lab.admin("create", "node", "other", "--out", token)
    other = Node(lab.room, "other", settings={"join": [lab.endpoint]}, token=token)
    other.program = release(lab.room / "hazelcast", NEXT, [(rb"(rigbus-tunnel/1-hz\d+\.)\d", rb"\g<1>0")])
    other.start(wait=False)
    try:
        assert other.process.popen.wait(SECONDS) != 0, other.process.log
        assert "Hazelcast" in other.process.log
        assert "same release" in other.process.log
        assert "Exception" not in other.process.log
    finally:
        other.process.kill()
