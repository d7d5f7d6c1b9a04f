"""What sessions and leases survive: the loss of a node, of clients, of exporters, with stock processes. Points 87 and 88."""

import os

import pytest
import yaml
from lab.labs import Lab, Process
from peers import command
from waiting import eventually

LAB_NODES = 3
GRACE = "20s"


@pytest.fixture(scope="module")
def lab():
    """Three nodes; the last one has a board of its own."""
    boards = {"n3": {"desk": {"board": "desk"}}}
    with Lab(nodes=LAB_NODES, settings={"leasePolicy": {"grace": GRACE}}, boards=boards) as lab:
        for name in ("ann", "bob"):
            lab.client(name)
            everywhere(lab, name)
        lab.until_ready("desk")
        yield lab


@pytest.fixture(autouse=True)
def tidy(lab):
    """What a test leaves behind is no business of the next."""
    yield
    for node in lab.nodes:
        if not node.process.alive:
            node.start()
    for name in ("ann", "bob"):
        lab.jmp(name, "delete", "leases", "--all")


def everywhere(lab, name):
    """Writes the addresses of all nodes into the configuration of a client or an exporter."""
    settings = yaml.safe_load(lab.config(name).read_text())
    settings["endpoint"] = "ipv4:" + ",".join(node.endpoint for node in lab.nodes)
    settings["grpcOptions"] = {"grpc.ssl_target_name_override": "localhost", "grpc.default_authority": "localhost"}
    lab.config(name).write_text(yaml.safe_dump(settings))


def stock(lab, name, **more):
    lab.identity(name, {"board": name})
    everywhere(lab, name)
    return lab.stock(name, **more)


def shell(lab, program, client, *words):
    if program == "jmp":
        return lab.jmp_in_background(client, "shell", *words)
    return Process([*command("rigbus"), "shell", "--client-config", lab.config(client), *words], lab.room, f"rigbus-{client}")


def session(lab, client, board, *flags, tries=1, program="jmp"):
    """A shell that uses its board once more for each `again` that it is told, in a second at the earliest where that fails."""
    words = lab.room / f"words-{board}"
    words.unlink(missing_ok=True)
    os.mkfifo(words)
    use_it = f"t=0; until j power on; do t=$((t+1)); [ $t -ge {tries} ] && exit 7; sleep 1; done"
    script = f'n=0; while read -r word <"{words}"; do [ "$word" = end ] && exit; {use_it}; n=$((n+1)); echo used-$n; done'
    process = shell(lab, program, client, "-n", board, *flags, "--", "sh", "-c", script)
    use(process, words, 1)
    return process, words


def tell(process, words, word):
    """The shell may not be there yet, or never come."""

    def told():
        assert process.alive, process.log
        try:
            pipe = os.open(words, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return False  # nobody reads
        os.write(pipe, word.encode() + b"\n")
        os.close(pipe)
        return True

    eventually(told, lambda: process.log, 60)


def use(process, words, count):
    tell(process, words, "again")
    eventually(lambda: f"used-{count}" in process.log or not process.alive, lambda: process.log, 60)
    assert process.alive, process.log


def end(lab, process, words, client):
    if process.alive:
        tell(process, words, "end")
        process.popen.wait(60)
    eventually(lambda: not lab.leases(client), lambda: f"{lab.leases(client)}\n{process.log}", 30)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("program, how", [("jmp", "kill"), ("jmp", "stop"), ("rigbus", "kill")])
def test_the_loss_of_a_node_in_between_ends_neither_lease_nor_session(lab, program, how):
    """The client and a board of another node come through all nodes; the first one dies and is not missed."""
    process, words = session(lab, "ann", "desk", program=program)
    try:
        lease = lab.leases("ann")[0]["name"]
        getattr(lab.nodes[0], how)()
        use(process, words, 2)
        lab.nodes[0].start()
        use(process, words, 3)
        assert [held["name"] for held in lab.leases("ann")] == [lease]
    finally:
        end(lab, process, words, "ann")
    lab.until_ready("desk")


@pytest.mark.timeout(180)
def test_who_waits_for_a_board_goes_on_waiting_while_its_node_is_away(lab):
    settings = yaml.safe_load(lab.config("ann").read_text())
    lab.config("ann-at-one").write_text(yaml.safe_dump(settings | {"endpoint": lab.nodes[0].endpoint}))
    process, words = session(lab, "bob", "desk")
    waiting = shell(lab, "rigbus", "ann-at-one", "-n", "desk", "--", "j", "power", "on")
    try:
        eventually(lambda: "place in the queue: 1" in waiting.log, lambda: waiting.log, 60)
        queued = [lease["name"] for lease in lab.leases("ann")]
        lab.nodes[0].kill()
        eventually(lambda: "waiting: the lab does not answer" in waiting.log, lambda: waiting.log, 60)
        lab.nodes[0].start()
        assert [lease["name"] for lease in lab.leases("ann")] == queued
    finally:
        end(lab, process, words, "bob")
    assert waiting.popen.wait(60) == 0, waiting.log
    assert "Error" not in waiting.log


@pytest.mark.timeout(240)
def test_point_88_a_stock_exporter_whose_node_goes_goes_on_at_another(lab):
    """Its lease and the shell go on, whether the node stops in good order or is killed; what the shell asks meanwhile fails and can be repeated."""
    exporter = stock(lab, "rover")
    process, words = session(lab, "ann", "rover", tries=30)
    try:
        lease = lab.leases("ann")[0]["name"]
        for count, how in ((2, "stop"), (3, "kill")):
            lost = authority(lab, "rover")
            getattr(lost, how)()
            use(process, words, count)
            lost.start()
            assert [held["name"] for held in lab.leases("ann")] == [lease]
        assert exporter.alive
    finally:
        end(lab, process, words, "ann")
    lab.exporters["rover"].stop()


def authority(lab, exporter):
    """The node that looks after an exporter, as they log it."""
    taken = [
        (line.split()[0], node.name, node)
        for node in lab.nodes
        for line in node.process.log.splitlines()
        if "looked after by" in line and f"default/{exporter}" in line
    ]
    return max(taken)[-1]


@pytest.mark.timeout(180)
def test_point_87_a_client_that_is_killed_leaves_its_lease_to_its_time(lab):
    process, _ = session(lab, "bob", "desk", "--duration", "15s")
    process.kill()
    assert lab.leases("bob")
    eventually(lambda: not lab.leases("bob"), lambda: str(lab.leases("bob")), 40)
    lab.until_ready("desk")


@pytest.mark.timeout(180)
def test_the_host_of_a_board_that_comes_back_in_time_keeps_its_lease(lab):
    created = lab.jmp("ann", "create", "lease", "-n", "desk", "--duration", "10m", "--lease-id", "patient")
    assert created.code == 0, created.text
    lab.nodes[2].kill()
    eventually(lambda: not lab.exporter("desk")["online"], lambda: str(lab.exporter("desk")), 30)
    assert [held["name"] for held in lab.leases("ann")] == ["patient"]
    lab.nodes[2].start()
    done = lab.jmp("ann", "shell", "--lease", "patient", "--", "j", "power", "on")
    assert done.code == 0, done.text
    assert lab.jmp("ann", "delete", "leases", "patient").code == 0
    lab.until_ready("desk")


@pytest.mark.timeout(180)
def test_the_host_of_a_board_that_does_not_come_back_ends_its_lease_after_the_grace(lab):
    created = lab.jmp("ann", "create", "lease", "-n", "desk", "--duration", "10m", "--lease-id", "forlorn")
    assert created.code == 0, created.text
    lab.nodes[2].kill()
    try:
        eventually(lambda: not lab.leases("ann"), lambda: str(lab.leases("ann")), 60)
        told = lab.admin("get", "lease", "forlorn", "--all", "-o", "yaml").out
        assert "has been gone for too long" in told, told
    finally:
        lab.nodes[2].start()
    lab.until_ready("desk")
