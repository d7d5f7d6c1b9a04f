"""Exporters that come, change and go while the lab runs: from afar, and in the files of a node."""


import os

import pytest
import yaml
from lab.labs import Lab
from peers import command, run
from waiting import eventually

POWER = {"type": "jumpstarter_driver_power.driver.MockPower"}
ECHO = {"type": "jumpstarter_driver_network.driver.EchoNetwork"}


@pytest.fixture(scope="module")
def lab():
    boards = {"n1": {"steady": {"board": "steady"}}, "n2": {"filed": {"board": "filed"}}}
    with Lab(nodes=2, boards=boards) as lab:
        lab.client("ann")
        lab.until_ready("steady")
        lab.until_ready("filed")
        yield lab


@pytest.fixture(scope="module")
def holder(lab):
    with_steady = "shell", "-n", "steady", "--", "sh", "-c", "while read l; do j power on && echo done; done"
    holder = lab.jmp_talking("ann", *with_steady)
    yield holder
    holder.finish()


@pytest.fixture(autouse=True)
def steady(holder):
    """Whatever is done to others: one that is leased all the time notices nothing."""
    yield
    holder.say("use")
    holder.until("done")


def write(path, name, export, **more):
    settings = {
        "apiVersion": "jumpstarter.dev/v1alpha1",
        "kind": "ExporterConfig",
        "metadata": {"name": name, "namespace": "default"},
        "export": export,
    }
    path.write_text(yaml.safe_dump(settings | more, sort_keys=False))
    return path


def rigbus(lab, *words, code=0, node=0):
    done = run([*command("rigbus"), *map(str, words), "--data", str(lab.nodes[node].data)])
    assert done.code == code, f"{words}: {done.code}\n{done.text}"
    return done


def use(lab, board, *words):
    done = lab.jmp("ann", "shell", "-n", board, "--", "j", *words)
    return done.code, done.text


def test_one_is_added_changed_and_taken_away(lab, tmp_path):
    file = write(tmp_path / "new.yaml", "new", {"power": POWER})
    assert rigbus(lab, "apply", file, "-l", "board=new", "--node", "n2").out == "exporter new created on node n2\n"
    assert rigbus(lab, "apply", file).out == "exporter new unchanged on node n2\n"
    lab.until_ready("new")
    assert lab.exporter("new")["labels"] == {"board": "new"}
    assert use(lab, "new", "power", "on")[0] == 0

    write(file, "new", {"plug": POWER, "echo": ECHO})
    assert rigbus(lab, "apply", file, node=1).out == "exporter new replaced on node n2\n"
    lab.until_ready("new")
    assert lab.exporter("new")["labels"] == {"board": "new"}
    assert use(lab, "new", "plug", "on")[0] == 0
    assert use(lab, "new", "power", "on")[0] != 0

    lab.nodes[1].stop()
    lab.nodes[1].start()
    lab.until_ready("new")
    assert use(lab, "new", "plug", "on")[0] == 0

    rigbus(lab, "delete", "exporter", "new")
    rigbus(lab, "admin", "get", "exporter", "new", code=3)
    eventually(lambda: "has been taken away exporter=default/new" in lab.nodes[1].process.log, lambda: lab.log[-2000:])
    assert rigbus(lab, "apply", file).out == "exporter new created on node n1\n"
    lab.until_ready("new")
    assert use(lab, "new", "plug", "on")[0] == 0
    rigbus(lab, "delete", "exporter", "new")


def test_another_node_can_be_told_to_run_it(lab, tmp_path):
    file = write(tmp_path / "far.yaml", "far", {"power": POWER})
    assert rigbus(lab, "apply", file, "--node", "n2").out == "exporter far created on node n2\n"
    lab.until_ready("far")
    assert lab.exporter("far")["node"] == "n2"
    assert use(lab, "far", "power", "on")[0] == 0
    assert "exporter far is on node n2" in rigbus(lab, "apply", file, "--node", "n1", code=1).text
    assert "node nosuch cannot be reached" in rigbus(lab, "apply", file, "--node", "nosuch", code=5).text
    rigbus(lab, "delete", "exporter", "far")


def test_one_that_is_leased_is_replaced_when_the_lease_is_over(lab, tmp_path):
    file = write(tmp_path / "busy.yaml", "busy", {"power": POWER})
    rigbus(lab, "apply", file)
    lab.until_ready("busy")
    holder = lab.jmp_talking("ann", "shell", "-n", "busy", "--", "sh", "-c", "while read l; do j power on && echo done; done")
    holder.say("use")
    holder.until("done")
    write(file, "busy", {"plug": POWER})
    assert "is leased; it is replaced when the lease is over" in rigbus(lab, "apply", file).out
    holder.say("use")
    holder.until("done")
    holder.finish()
    eventually(lambda: "has been replaced exporter=default/busy" in lab.log, lambda: lab.log[-2000:], 30)
    lab.until_ready("busy")
    assert use(lab, "busy", "plug", "on")[0] == 0
    rigbus(lab, "delete", "exporter", "busy")


def test_a_mistake_changes_nothing_and_is_told(lab, tmp_path):
    file = write(tmp_path / "good.yaml", "good", {"power": POWER})
    rigbus(lab, "apply", file)
    lab.until_ready("good")
    mistakes = [
        ({"power": {"type": "jumpstarter_driver_power.driver.MokPower"}}, "Nearest: jumpstarter_driver_power.driver.MockPower"),
        ({"power": POWER | {"nods": "n2"}}, "nods"),
        ({"line": {"type": "jumpstarter_driver_pyserial.driver.PySerial", "config": {"url": "/dev/nosuch", "check_present": True}}}, "/dev/nosuch"),
        ({"far": POWER | {"node": "n7"}}, "node n7 cannot be reached"),
    ]
    for export, text in mistakes:
        write(file, "good", export)
        refused = rigbus(lab, "apply", file, code=5 if "n7" in text else 1).text
        assert text in refused and "\tat " not in refused, refused
        lab.until_ready("good")
        assert use(lab, "good", "power", "on")[0] == 0
    file.write_text("export: [")
    assert f"{file}:1" in rigbus(lab, "apply", file, code=1).text
    assert "no such file" in rigbus(lab, "apply", tmp_path / "nosuch.yaml", code=1).text
    write(file, "steady", {"power": POWER})
    assert "stands in the file of node n1" in rigbus(lab, "apply", file, code=1).text
    write(file, "new", {"power": {"type": "jumpstarter_driver_power.driver.MokPower"}})
    rigbus(lab, "apply", file, code=1)
    rigbus(lab, "admin", "get", "exporter", "new", code=3)
    rigbus(lab, "delete", "exporter", "good")
    assert "stands in the configuration of node n1" in rigbus(lab, "delete", "exporter", "steady", code=1).text


def test_the_files_of_a_node_are_followed(lab):
    node = lab.nodes[1]
    filed = lab.room / "filed.yaml"
    before = filed.read_text()

    def logged(text):
        mark = len(node.process.log)
        return lambda: eventually(lambda: text in node.process.log[mark:], lambda: node.process.log[mark:], 30)

    said = logged("has been replaced exporter=default/filed")
    write(filed, "filed", {"plug": POWER})
    said()
    lab.until_ready("filed")
    assert use(lab, "filed", "plug", "on")[0] == 0

    said = logged("has faults; all exporters go on as they were")
    filed.write_text("export: {plug: {type: nosuch}}")
    said()
    assert use(lab, "filed", "plug", "on")[0] == 0

    settings = yaml.safe_load(node.config.read_text())
    more = write(lab.room / "more.yaml", "more", {"power": POWER})
    filed.write_text(before)
    said = logged("online exporter=default/more")
    node.config.write_text(yaml.safe_dump(settings | {"exporters": settings["exporters"] + [str(more)]}))
    said()
    lab.until_ready("more")
    assert use(lab, "more", "power", "on")[0] == 0

    said = logged("has been taken away exporter=default/more")
    node.config.write_text(yaml.safe_dump(settings))
    said()
    eventually(lambda: not lab.exporter("more")["online"], "it goes offline")
    rigbus(lab, "admin", "get", "exporter", "filed", node=1)


def test_r38_a_driver_that_does_not_start_delays_no_other(lab):
    node = lab.nodes[1]
    device = lab.room / "device"
    serial = {"type": "jumpstarter_driver_pyserial.driver.PySerial", "config": {"url": str(device), "check_present": True}}
    late = write(lab.room / "late.yaml", "late", {"line": serial})
    settings = yaml.safe_load(node.config.read_text())
    node.stop()
    node.config.write_text(yaml.safe_dump(settings | {"exporters": [str(late), *settings["exporters"]]}))
    node.start()
    lab.until_ready("filed")
    assert use(lab, "filed", "power", "on")[0] == 0
    assert not lab.exporter("late")["online"]
    assert "cannot start yet, and is tried again: driver line cannot start: " in node.process.log
    master, slave = os.openpty()
    try:
        device.symlink_to(os.ttyname(slave))
        lab.until_ready("late")
    finally:
        os.close(master)
        os.close(slave)


def test_one_that_is_leased_can_be_taken_away_with_its_lease(lab, tmp_path):
    file = write(tmp_path / "gone.yaml", "gone", {"power": POWER})
    rigbus(lab, "apply", file)
    lab.until_ready("gone")
    user = lab.jmp_talking("ann", "shell", "-n", "gone", "--", "sh", "-c", "while read l; do j power on; echo done; done")
    user.say("use")
    user.until("done")
    rigbus(lab, "delete", "exporter", "gone")
    eventually(lambda: "has been taken away exporter=default/gone" in lab.log, lambda: lab.log[-3000:], 30)
    user.popen.kill()
    user.popen.wait()
    assert "gone" not in [lease["exporter"] for lease in lab.leases("ann") if "exporter" in lease]
    assert rigbus(lab, "apply", file).out == "exporter gone created on node n1\n"
    lab.until_ready("gone")
    assert use(lab, "gone", "power", "on")[0] == 0
    rigbus(lab, "delete", "exporter", "gone")
