"""Leases with our own client: `rigbus shell` and its neighbours where people have `jmp`, on a lab with a board of ours and a stock one."""

import json
import signal
import sys
import textwrap

import pytest
from lab.labs import Conversation, Lab, Process
from peers import CHECKOUT, clean_environment, command, run
from waiting import eventually

POWER = {"type": "jumpstarter_driver_power.driver.MockPower"}
HOOKS = {
    "hooks": {
        "beforeLease": {"script": "echo preparing"},
        "afterLease": {"script": "echo cleaning up"},
    }
}


@pytest.fixture(scope="module")
def lab():
    boards = {"n1": {"ours": {"kind": "ours"}, "other": {"kind": "ours"}}}
    hooks = {"ours": HOOKS | {"export": {"power": POWER}}, "other": {"export": {"power": POWER}}}
    with Lab(boards=boards, hooks=hooks) as lab:
        lab.client("ann")
        lab.client("bob")
        lab.stock("theirs", labels={"kind": "stock"}, export={"power": POWER}, hooks=HOOKS["hooks"])
        lab.until_ready("ours")
        yield lab


def words(lab, client, *more):
    verb, *rest = more
    return [*command("rigbus"), verb, "--client-config", lab.config(client), *rest]


def rigbus(lab, client, *more, env=None, seconds=90):
    return run(words(lab, client, *more), env=env, seconds=seconds)


def talking(lab, client, *more):
    return Conversation([str(w) for w in words(lab, client, *more)], {})


def none_left(lab, client="ann"):
    eventually(lambda: json.loads(rigbus(lab, client, "get", "leases", "-o", "json").out) == [], "the lease is given back", 30)


@pytest.mark.parametrize("board", ["ours", "theirs"])
def test_a_board_is_leased_used_and_given_back(lab, board):
    script = 'j power on && j power read && echo "$JMP_EXPORTER $JMP_EXPORTER_LABELS" && test -n "$JMP_LEASE" && exit 3'
    done = rigbus(lab, "ann", "shell", "-n", board, "--", "sh", "-c", script)
    assert done.code == 3, done.text
    assert done.out.splitlines()[-2:] == [
        "voltage=5.0 V  current=2.0 A  apparent_power=10.0 VA",
        f"{board} kind={'ours' if board == 'ours' else 'stock'}",
    ]
    assert "exporter:beforeLease: preparing" in done.err
    assert "exporter:afterLease: cleaning up" in done.err
    none_left(lab)


@pytest.mark.parametrize("board", ["ours", "theirs"])
def test_the_stock_client_works_inside(lab, board):
    script = """
        from jumpstarter.utils.env import env
        with env() as client:
            client.power.on()
            print(sum(1 for _ in client.power.read()))
    """
    done = rigbus(lab, "ann", "shell", "-l", f"kind={'ours' if board == 'ours' else 'stock'}", "-n", board, "--", sys.executable, "-c", textwrap.dedent(script), env={"JMP_DRIVERS_ALLOW": "UNSAFE"})
    assert (done.code, done.out) == (0, "2\n"), done.text


def test_who_waits_is_told_why_and_who_gives_up_as_well(lab):
    holder = talking(lab, "bob", "shell", "-n", "ours", "--", "sh", "-c", "echo mine; read line")
    holder.until("mine")
    waiting = rigbus(lab, "ann", "shell", "-n", "ours", "--acquisition-timeout", "3s", "--", "true")
    assert waiting.code == 1
    told = next(line for line in waiting.err.splitlines() if line.startswith("waiting: "))
    assert "bob" in told and "place in the queue: 1" in told, waiting.err
    assert waiting.err.splitlines()[-1].startswith("Error: exporter ours was not to be had within 3 s: "), waiting.err
    holder.say("done")
    assert holder.finish() == 0
    none_left(lab)
    nobody = rigbus(lab, "ann", "shell", "-n", "nosuch", "--", "true")
    assert nobody.code == 1 and nobody.err.startswith("Error: the lab gives no lease of exporter nosuch: "), nobody.err


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_lease_comes_back_however_the_shell_ends(lab, how):
    process = Process([str(w) for w in words(lab, "ann", "shell", "-n", "ours", "--", "sh", "-c", "echo mine; exec sleep 600")], lab.room, f"shell-{how.name}")
    eventually(lambda: "mine" in process.log, lambda: process.log, 60)
    process.signal(how)
    none_left(lab)
    eventually(lambda: not process.alive, lambda: process.log, 30)
    eventually(lambda: run(["pgrep", "-f", "lease.LeaseGuard"]).out == "", "the guard has gone", 30)
    process.kill()


def test_a_suite_whose_jvm_is_killed_gives_its_board_back(lab):
    target = CHECKOUT / "system-tests" / "target"
    classes = f"{target / 'test-classes'}:{(target / 'test-classpath').read_text()}"
    suite = Process(["java", f"-Drigbus.client-config={lab.config('ann')}", "-cp", classes, "dev.rigbus.system.client.HoldingSuite"], lab.room, "suite")
    eventually(lambda: "mine" in suite.log or not suite.alive, lambda: suite.log, 60)
    assert "mine" in suite.log, suite.log
    assert len(json.loads(rigbus(lab, "ann", "get", "leases", "-o", "json").out)) == 1
    suite.signal(signal.SIGKILL)
    none_left(lab)
    suite.kill()


def test_a_lease_is_made_beforehand_prolonged_shown_and_deleted(lab):
    made = rigbus(lab, "ann", "create", "-l", "kind=ours", "-n", "other", "--duration", "10m", "-o", "name", "lease")
    assert made.code == 0, made.text
    name = made.out.strip().removeprefix("lease/")
    eventually(lambda: json.loads(rigbus(lab, "ann", "get", "lease", name, "-o", "json").out)[0]["state"] == "ready", "it is ready")
    for env, flags in ({}, ["--lease", name]), ({"JMP_LEASE": name}, []), ({}, []):
        done = rigbus(lab, "ann", "shell", *flags, "--", "sh", "-c", "echo $JMP_LEASE", env=env)
        assert (done.code, done.out) == (0, f"{name}\n"), done.text
    longer = json.loads(rigbus(lab, "ann", "update", "lease", name, "--duration", "1h", "-o", "json").out)
    assert longer[0]["duration"] == "1h"
    table = rigbus(lab, "ann", "get", "leases").out.splitlines()
    assert table[0].split() == ["NAME", "CLIENT", "SELECTOR", "EXPORTER", "STATE", "DURATION", "END", "REASON"]
    assert name in table[1]
    assert rigbus(lab, "bob", "delete", "lease", name).code != 0
    assert rigbus(lab, "ann", "delete", "lease", name).out == f"lease/{name} deleted\n"
    none_left(lab)
    assert rigbus(lab, "ann", "delete", "lease", name + "x").code == 3
    assert rigbus(lab, "ann", "update", "lease", name + "x", "--duration", "1h").code == 3


def test_exporters_are_shown(lab):
    assert rigbus(lab, "ann", "get", "exporters", "-o", "name").out.split() == ["exporter/other", "exporter/ours", "exporter/theirs"]
    stock = json.loads(rigbus(lab, "ann", "get", "exporters", "-l", "kind=stock", "-o", "json").out)
    assert [(each["name"], each["labels"]["kind"]) for each in stock] == [("theirs", "stock")]
    assert rigbus(lab, "ann", "get", "exporter", "nosuch").code == 3


def test_exporters_are_made_changed_and_deleted(lab):
    data = ["--data", lab.nodes[0].data]
    assert run([*command("rigbus"), "create", "exporter", "spare", "-l", "kind=spare", "--out", lab.room / "spare.yaml", *data]).code == 0
    assert "token" in (lab.room / "spare.yaml").read_text()
    assert run([*command("rigbus"), "update", "exporter", "spare", "--disable", *data]).code == 0
    assert not lab.exporter("spare")["enabled"]
    assert run([*command("rigbus"), "delete", "exporter", "spare", *data]).code == 0
    assert rigbus(lab, "ann", "get", "exporter", "spare").code == 3


def test_a_lease_in_use_is_made_longer(lab):
    talk = talking(lab, "ann", "shell", "-n", "other", "--duration", "12s", "--renew", "--", "sh", "-c", "echo mine; read line; j power on && echo still")
    talk.until("mine")
    end = json.loads(rigbus(lab, "ann", "get", "leases", "-o", "json").out)[0]["end"]
    later = lambda: json.loads(rigbus(lab, "ann", "get", "leases", "-o", "json").out)[0]["end"] > end
    eventually(later, lambda: lab.log[-3000:], 60)
    talk.say("go")
    talk.until("still")
    assert talk.finish() == 0


def test_a_lease_that_is_taken_away_ends_the_shell(lab):
    talk = talking(lab, "ann", "shell", "-n", "ours", "--", "sh", "-c", "echo mine; exec sleep 600")
    talk.until("mine")
    name = json.loads(rigbus(lab, "ann", "get", "leases", "-o", "json").out)[0]["name"]
    lab.admin("delete", "lease", name)
    assert talk.finish(129) == 129
