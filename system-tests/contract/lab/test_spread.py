"""One exporter whose drivers run on several hosts. Whoever uses it sees one tree, and what is lost with a host is only what hangs there."""

import signal
import textwrap

import pytest
from lab.labs import Lab
from lab.test_cluster import states
from peers import command, run
from waiting import eventually

NODES = 3
NETWORK = "jumpstarter_driver_network.driver."
POWER = {"type": "jumpstarter_driver_power.driver.MockPower"}
DISK = {"type": "jumpstarter_driver_opendal.driver.Opendal", "config": {"scheme": "memory", "kwargs": {}}}
BOARD = {
    "export": {
        "here": POWER,
        "far": POWER | {"node": "n2"},
        "line": {"type": NETWORK + "EchoNetwork", "node": "n3"},
        "group": {
            "node": "n2",
            "description": "What hangs elsewhere.",
            "children": {"plug": POWER, "disk": DISK | {"node": "n3"}, "own": POWER | {"node": "n1"}},
        },
        "again": {"ref": "group.plug"},
        "either": POWER | {"node": {"labels": {"rack": "b"}}},
        "roams": {"type": "rigbus.testing.Roamer"},
    }
}


def on_one_host(settings):
    """The same without the places."""
    if isinstance(settings, dict):
        return {key: on_one_host(value) for key, value in settings.items() if key != "node"}
    return settings


TWIN = on_one_host(BOARD)
LABELS = {"n2": {"labels": {"rack": "b"}}, "n3": {"labels": {"rack": "b"}}}
# Prints its results behind a word that nothing else begins with.
SCRIPT = """
import io, sys, time
from jumpstarter.utils.env import env
def show(*what): print("SHOW", *what, flush=True)
with env() as client:
    board = client.children
"""


@pytest.fixture(scope="module")
def lab():
    boards = {"n1": {"board": {}, "twin": {}}}
    with Lab(nodes=NODES, boards=boards, hooks={"board": BOARD, "twin": TWIN}, more=LABELS) as lab:
        lab.client("ann")
        lab.until_ready("board")
        yield lab


def words(script, board="board"):
    return "shell", "-n", board, "--", "python", "-c", SCRIPT + textwrap.indent(textwrap.dedent(script), "    ")


def shown(lab, script, board="board"):
    """What a script shows that uses a leased board."""
    done = lab.jmp("ann", *words(script, board))
    assert done.code == 0, f"{done.text}\n{lab.log[-6000:]}"
    return [line[5:] for line in done.out.splitlines() if line.startswith("SHOW ")]


def test_the_tree_and_its_report_are_those_of_one_host(lab):
    script = """
        def walk(client, depth):
            for name, child in client.children.items():
                show("." * depth + name, type(child).__name__)
                walk(child, depth + 1)
        walk(client, 0)
        show(board["again"].uuid == board["group"].children["plug"].uuid, board["group"].description)
    """
    tree = shown(lab, script)
    assert tree == shown(lab, script, "twin")
    assert {"far PowerClient", "line NetworkClient", ".disk OpendalClient", "True What hangs elsewhere."} <= set(tree)


def test_calls_streams_resources_and_failures_cross_hosts(lab, tmp_path):
    (tmp_path / "image").write_bytes(bytes(range(256)) * 4096)
    script = f"""
        for plug in "here", "far", "either":
            board[plug].on()
            show(plug, [(r.voltage, r.current) for r in board[plug].read()])
        disk = board["group"].children["disk"]
        disk.write_from_path("image", "{tmp_path}/image")
        disk.read_into_path("image", "{tmp_path}/copy")
        show(disk.stat("image").content_length)
        try:
            disk.stat("nosuch")
        except Exception as e:
            show(type(e).__name__)
        try:
            board["far"].call("nosuch")
        except Exception as e:
            show(type(e).__name__)
        with board["line"].stream() as line:
            for size in 1, 100, 1_000_000:
                line.send(b"x" * size)
                got = 0
                while got < size:
                    got += len(line.receive())
                show(got)
    """
    got = shown(lab, script)
    local = got[0].partition(" ")[2]
    assert got[:3] == [f"{plug} {local}" for plug in ("here", "far", "either")] and "(" in local
    assert got[3] == str(256 * 4096)
    assert (tmp_path / "copy").read_bytes() == (tmp_path / "image").read_bytes()
    assert got[6:] == ["1", "100", "1000000"], got


def test_what_a_driver_on_another_host_logs_is_seen(lab):
    done = lab.jmp("ann", "shell", "-n", "board", "--exporter-logs", "--", "j", "far", "on")
    assert done.code == 0, done.text
    assert "power on" in done.text.lower(), done.text


def test_what_a_session_leaves_is_the_same_on_other_hosts(lab):
    write = 'board["group"].children["disk"].write_bytes("left", b"1")\nshow("written")'
    look = 'show(board["group"].children["disk"].exists("left"))'
    seen = []
    for board in "board", "twin":
        assert shown(lab, write, board) == ["written"]
        seen.append(shown(lab, look, board))
    assert seen[0] == seen[1]


USE = """
    for word in sys.stdin:
        for name in "here", "far", "either", "roams":
            try:
                board[name].on()
                show(name, "fine")
            except Exception as e:
                show(name, "UNAVAILABLE" in str(e) or "cannot be reached" in str(e), str(e).splitlines()[0])
        show("end")
"""


def using(lab):
    """A session of a stock client that uses its drivers whenever it is told to, and what came of it."""
    session = lab.jmp_talking("ann", *words(USE))

    def uses(*names):
        session.say("use")
        lines = [line.split() for line in session.until("SHOW end") if line.startswith("SHOW ")]
        said = {line[1]: line[2] for line in lines if len(line) > 2}
        return [said[name] for name in names]

    return session, uses


@pytest.mark.timeout(240)
@pytest.mark.parametrize("how", ["kill", "freeze"])
def test_a_host_that_is_lost_takes_only_its_own_drivers_along(lab, how):
    session, uses = using(lab)
    assert uses("here", "far") == ["fine", "fine"]
    node = lab.nodes[1]
    if how == "kill":
        node.kill()
    else:
        node.process.signal(signal.SIGSTOP)
    eventually(lambda: uses("here", "far") == ["fine", "True"], "the loss shows", 30)
    # What may run on another host moves there as soon as the lost one must have let go, and its client goes on.
    eventually(lambda: uses("either") == ["fine"], lambda: lab.log[-4000:], 60)
    assert "drivers of node n1 run here: [either]" in lab.nodes[2].process.log
    if how == "kill":
        node.start()
    else:
        node.process.signal(signal.SIGCONT)
    eventually(lambda: uses("here", "far", "either") == ["fine"] * 3, lambda: lab.log[-4000:], 60)
    assert session.finish() == 0
    eventually(lambda: set(states(lab).values()) == {"up"}, lambda: str(states(lab)), 60)


@pytest.mark.timeout(180)
def test_the_next_lease_waits_until_a_lost_host_has_let_go(lab):
    node = lab.nodes[1]
    node.process.signal(signal.SIGSTOP)
    try:
        assert shown(lab, 'board["here"].on()\nshow("on")') == ["on"]
    finally:
        node.process.signal(signal.SIGCONT)
    eventually(lambda: set(states(lab).values()) == {"up"}, lambda: str(states(lab)), 60)
    eventually(lambda: "run on node n2 again" in lab.nodes[0].process.log.rpartition("are lost for now")[2], lambda: lab.log[-3000:], 60)
    assert shown(lab, 'board["far"].on()\nshow("on")') == ["on"]


@pytest.mark.timeout(180)
def test_what_may_run_elsewhere_leaves_a_host_that_is_drained(lab):
    session, uses = using(lab)
    assert uses("here", "far", "either") == ["fine"] * 3
    hosts = [lab.nodes[n].process.log.rpartition("run here: [either]")[0] for n in (1, 2)]
    at = max((1, 2), key=lambda n: last_line_time(hosts[n - 1]))
    other = 3 - at
    marks = {n: len(lab.nodes[n].process.log) for n in (1, 2)}
    done = run([*command("rigbus"), "drain", f"n{at + 1}", "--reason", "new disk", "--data", lab.nodes[0].data])
    assert done.code == 0, done.text

    def moved():
        return "run here: [either]" in lab.nodes[other].process.log[marks[other] :]

    eventually(moved, lambda: lab.log[-4000:], 30)
    eventually(lambda: uses("here", "far", "either") == ["fine"] * 3, lambda: lab.log[-4000:], 30)
    assert session.finish() == 0
    assert "new disk" in lab.admin("get", "audit").out
    node = lab.nodes[at]
    node.stop()
    node.start()
    eventually(lambda: set(states(lab).values()) == {"up"}, lambda: str(states(lab)), 60)


@pytest.mark.timeout(180)
def test_what_needs_no_host_leaves_the_one_of_its_exporter_when_that_is_drained(lab):
    home, others = lab.nodes[0], lab.nodes[1:]
    assert "drivers of node n1 run here: [roams]" in home.process.log
    session, uses = using(lab)
    assert uses("here", "roams") == ["fine", "fine"]
    assert run([*command("rigbus"), "drain", "n1", "--data", others[0].data]).code == 0

    def moved():
        return any("drivers of node n1 run here: [roams]" in node.process.log for node in others)

    eventually(moved, lambda: lab.log[-4000:], 30)
    eventually(lambda: uses("here", "roams") == ["fine", "fine"], lambda: lab.log[-4000:], 30)
    assert session.finish() == 0


def last_line_time(log):
    """The time of day that the last line of a log was written at, as it stands there."""
    return log.rpartition("\n")[2][:12]
