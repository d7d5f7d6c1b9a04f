"""The stock command line and stock exporters in a lab: points 77 to 94 of the controller, and what people do all day."""

import json
import signal

import pytest
import yaml
from lab.labs import Process
from peers import BIN
from waiting import eventually


@pytest.fixture(scope="module")
def rack(lab):
    """A stock exporter that several tests take turns with."""
    lab.stock("rack", {"board": "rack", "place": "shelf"})
    return "rack"


def shell(lab, client, *words, **more):
    return lab.jmp(client, "shell", *words, **more)


def test_point_77_shell_runs_a_command_and_leaves_the_board_free(lab, rack):
    done = shell(lab, "ann", "-l", "board=rack", "--", "j", "power", "on")
    assert done.code == 0, done.text
    lab.until_ready(rack, 5)
    assert lab.leases("ann") == []


def test_point_78_the_exit_code_comes_through(lab, rack):
    assert shell(lab, "ann", "-l", "board=rack", "--", "sh", "-c", "exit 42").code == 42


def test_by_name_and_by_name_and_selector(lab, rack):
    assert shell(lab, "ann", "-n", "rack", "--", "j", "power", "on").code == 0
    lab.until_ready(rack)
    assert shell(lab, "bob", "-n", "rack", "-l", "place=shelf", "--", "j", "power", "off").code == 0


def test_an_unknown_board_is_refused_at_once(lab):
    done = shell(lab, "ann", "-n", "nosuch", "--", "true", seconds=20)
    assert done.code == 1
    assert "cannot be satisfied" in done.text


def test_several_commands_in_one_shell(lab, rack):
    done = shell(lab, "ann", "-l", "board=rack", "--", "sh", "-c", "j power on && j power off && echo done-both")
    assert done.code == 0, done.text
    assert "done-both" in done.text


def test_point_79_ctrl_c_while_waiting_gives_the_wish_back(lab, rack):
    lease = "held-by-bob"
    assert lab.jmp("bob", "create", "lease", "-n", "rack", "--duration", "10m", "--lease-id", lease).code == 0
    try:
        words = [BIN / "jmp", "shell", "--client-config", lab.config("ann"), "-n", "rack", "--", "true"]
        waiting = Process(words, lab.room, "waiting", {"NONINTERACTIVE": "1"})
        eventually(lambda: lab.leases("ann"), lambda: waiting.log, 30)
        eventually(lambda: "Waiting" in waiting.log, lambda: waiting.log, 30)
        waiting.popen.send_signal(signal.SIGINT)
        assert waiting.popen.wait(30) == 2, waiting.log
        eventually(lambda: not lab.leases("ann"), "the wish is gone")
    finally:
        assert lab.jmp("bob", "delete", "leases", lease).code == 0
    lab.until_ready(rack)


def test_point_80_a_lease_that_was_made_before_is_kept(lab, rack):
    lease = "kept"
    assert lab.jmp("ann", "create", "lease", "-l", "board=rack", "--duration", "10m", "--lease-id", lease).code == 0
    try:
        for _ in range(2):
            assert shell(lab, "ann", "--lease", lease, "--", "j", "power", "on").code == 0
            assert [held["name"] for held in lab.leases("ann")] == [lease]
            assert lab.exporter(rack)["status"].lower() in ("leaseready", "lease_ready")
    finally:
        assert lab.jmp("ann", "delete", "leases", lease).code == 0
    lab.until_ready(rack)


def test_two_who_want_one_board_have_it_one_after_the_other(lab, rack):
    words = ["shell", "-l", "board=rack", "--client-config"]
    both = [
        Process([BIN / "jmp", *words, lab.config(who), "--", "sh", "-c", "j power on"], lab.room, f"one-of-two-{who}")
        for who in ("ann", "bob")
    ]
    for each in both:
        assert each.popen.wait(90) == 0, each.log
    lab.until_ready(rack)


def test_point_90_who_has_it_and_until_when(lab, rack):
    assert lab.jmp("ann", "create", "lease", "-n", "rack", "--duration", "5m", "--lease-id", "shown").code == 0
    try:
        done = lab.jmp("bob", "get", "exporters", "--with", "leases,online")
        line = next(line for line in done.out.splitlines() if line.startswith("rack"))
        assert "ann" in line and "In-Use" in line, done.out
        listed = lab.jmp("ann", "get", "leases")
        assert "EXPIRES AT" in listed.out and "REMAINING" in listed.out
    finally:
        assert lab.jmp("ann", "delete", "leases", "--all").code == 0
    lab.until_ready(rack)


def test_point_94_nothing_found_is_said_so(lab, rack):
    assert lab.jmp("ann", "get", "exporters", "-l", "board=none").text.strip() == "No resources found."
    assert lab.jmp("ann", "get", "leases", "-l", "board=none").text.strip() == "No resources found."


def test_a_lease_goes_over_to_another_client(lab, rack):
    lease = "handed-over"
    assert lab.jmp("ann", "create", "lease", "-n", "rack", "--duration", "5m", "--lease-id", lease).code == 0
    moved = lab.jmp("ann", "update", "lease", lease, "--to-client", "bob", "-o", "yaml")
    assert moved.code == 0, moved.text
    assert yaml.safe_load(moved.out)["client"] == "bob"
    assert shell(lab, "bob", "--lease", lease, "--", "j", "power", "on").code == 0
    assert lab.jmp("bob", "delete", "leases", lease).code == 0
    lab.until_ready(rack)


def test_R10_the_natural_end_of_a_lease_ends_the_command(lab, rack):
    done = shell(lab, "ann", "-n", "rack", "--duration", "8s", "--", "sleep", "60", seconds=60)
    assert done.code in (1, 255), done.text
    assert "Error:" not in done.text
    lab.until_ready(rack)


def test_point_92_a_client_with_nothing_but_its_environment(lab, rack):
    settings = yaml.safe_load(lab.config("ann").read_text())
    env = {
        "JMP_NAMESPACE": "default",
        "JMP_NAME": "ann",
        "JMP_ENDPOINT": settings["endpoint"],
        "JMP_TOKEN": settings["token"],
        "JMP_TLS": json.dumps(settings["tls"]),
        "JMP_DRIVERS_ALLOW": "UNSAFE",
        "JMP_CLIENT_CONFIG_HOME": str(lab.room / "nothing"),
    }
    from peers import run

    done = run([str(BIN / "jmp"), "shell", "-n", "rack", "--", "j", "power", "on"], env=env, seconds=60)
    assert done.code == 0, done.text
    lab.until_ready(rack)


def test_point_85_sigterm_in_a_lease_says_offline_at_once(lab):
    exporter = lab.stock("leaver", {"board": "leaver"})
    assert lab.jmp("ann", "create", "lease", "-n", "leaver", "--duration", "5m", "--lease-id", "left").code == 0
    try:
        exporter.popen.send_signal(signal.SIGTERM)
        eventually(lambda: lab.exporter("leaver")["status"].lower() == "offline", lambda: str(lab.exporter("leaver")))
        exporter.stop()
        # The lease outlives it, and the next process of that name goes on with it.
        assert [held["name"] for held in lab.leases("ann")] == ["left"]
        lab.stock("leaver", ready=False)
        done = shell(lab, "ann", "--lease", "left", "--", "j", "power", "on")
        assert done.code == 0, done.text
    finally:
        lab.jmp("ann", "delete", "leases", "left")


def test_point_86_a_killed_exporter_goes_on_with_its_lease(lab):
    exporter = lab.stock("killed", {"board": "killed"})
    assert lab.jmp("ann", "create", "lease", "-n", "killed", "--duration", "5m", "--lease-id", "survives").code == 0
    try:
        exporter.kill()
        lab.stock("killed", ready=False)
        done = shell(lab, "ann", "--lease", "survives", "--", "j", "power", "on")
        assert done.code == 0, done.text
    finally:
        lab.jmp("ann", "delete", "leases", "survives")
    lab.until_ready("killed")




@pytest.mark.parametrize("mode", ["warn", "endLease"])
def test_R04_a_before_hook_that_fails(lab, fresh, mode):
    name = fresh("hooked")
    lab.stock(
        name,
        {"board": name},
        hooks={
            "beforeLease": {"script": "echo before-says-$LEASE_NAME; exit 3", "timeout": 20, "onFailure": mode},
            "afterLease": {"script": "echo after-was-here", "timeout": 20, "onFailure": "warn"},
        },
    )
    for _ in range(2):
        done = shell(lab, "ann", "-n", name, "--", "j", "power", "on")
        if mode == "warn":
            assert done.code == 0, done.text
            assert "before-says-" in done.text, done.text
            assert "Warning:" in done.text
            assert "after-was-here" in done.text
        else:
            assert done.code == 1, done.text
            assert "after-was-here" not in done.text
        lab.until_ready(name)
    lab.exporters[name].stop()


def test_point_81_hooks_run_around_the_lease_and_reach_the_board(lab, fresh):
    name = fresh("around")
    lab.stock(
        name,
        {"board": name},
        hooks={
            "beforeLease": {"script": "echo first-$CLIENT_NAME; j power on", "timeout": 30},
            "afterLease": {"script": "echo last; j power off", "timeout": 30},
        },
    )
    done = shell(lab, "ann", "-n", name, "--", "echo", "between")
    assert done.code == 0, done.text
    # What the command says and what the hooks do reach the terminal by two ways.
    assert "between" in done.text
    assert done.text.index("first-ann") < done.text.index("last"), done.text
    lab.until_ready(name)
    lab.exporters[name].stop()


def test_point_83_an_exporter_that_leaves_by_its_hook(lab, fresh):
    """The stock exporter shows its client no more than "offline", and that client waits for five minutes then; the lab tells who asks."""
    name = fresh("leaving")
    exporter = lab.stock(
        name, {"board": name}, hooks={"beforeLease": {"script": "exit 1", "timeout": 20, "onFailure": "exit"}}
    )
    waiting = lab.jmp_in_background("ann", "shell", "-n", name, "--duration", "2m", "--", "true")
    try:
        eventually(lambda: not exporter.alive, lambda: exporter.log, 30)
        eventually(lambda: not lab.exporter(name)["online"], lambda: str(lab.exporter(name)))
        ended = eventually(
            lambda: [held for held in lab.leases("ann", "-a") if held.get("exporter") == name and ended_by(held)],
            lambda: str(lab.leases("ann", "-a")),
        )
        assert "beforeLease hook failure" in ended_by(ended[0])
    finally:
        waiting.popen.send_signal(signal.SIGINT)
        assert waiting.popen.wait(60) != 0, waiting.log
    assert [held for held in lab.leases("ann") if held.get("exporter") == name] == []


def ended_by(lease):
    """Why a lease has ended, in the words that `jmp` was given."""
    return " ".join(c["message"] for c in lease["conditions"] if c["type"] == "Ready" and c["status"] == "False")


def test_a_token_can_be_renewed_and_the_old_one_ends(lab):
    lab.client("renewer")
    before = yaml.safe_load(lab.config("renewer").read_text())["token"]
    assert lab.jmp("renewer", "auth", "rotate").code == 0
    # Stock `jmp` writes it into its own folder, wherever it read the old one.
    after = yaml.safe_load((lab.home / "clients" / "renewer.yaml").read_text())["token"]
    assert before != after
    refused = lab.jmp("renewer", "get", "exporters")
    assert refused.code == 1, refused.text
    lab.config("renewer").write_text(lab.config("renewer").read_text().replace(before, after))
    assert lab.jmp("renewer", "get", "exporters").code == 0


def test_point_89_a_short_restart_of_the_lab_ends_neither_exporter_nor_lease(lab, rack):
    assert lab.jmp("ann", "create", "lease", "-n", "rack", "--duration", "5m", "--lease-id", "restarted").code == 0
    try:
        node = lab.nodes[0]
        node.kill()
        node.start()
        if not lab.exporters["rack"].alive:
            # The stock exporter gives up after a few seconds; whoever supervises it starts it again.
            lab.stock("rack", ready=False)
        done = shell(lab, "ann", "--lease", "restarted", "--", "j", "power", "on")
        assert done.code == 0, done.text
        assert [held["name"] for held in lab.leases("ann")] == ["restarted"]
    finally:
        lab.jmp("ann", "delete", "leases", "restarted")
    lab.until_ready(rack)


def test_point_84_a_lease_that_is_shorter_than_its_hook_ends_cleanly(lab):
    lab.stock("slowly", {"board": "slowly"}, hooks={"beforeLease": {"script": "sleep 8", "timeout": 30}})
    created = lab.jmp("ann", "create", "lease", "-n", "slowly", "--duration", "3s", "--lease-id", "brief")
    assert created.code == 0, created.text
    eventually(lambda: lab.exporter("slowly").get("lease") != "brief", lambda: str(lab.exporter("slowly")), 20)
    lab.until_ready("slowly", 30)
    # It never was ready for a lease that was over.
    following = lab.jmp("ann", "shell", "-n", "slowly", "--", "j", "power", "on")
    assert following.code == 0, following.text
    lab.exporters["slowly"].stop()


def test_point_85_a_hangup_waits_for_the_lease(lab):
    exporter = lab.stock("hung", {"board": "hung"})
    created = lab.jmp("ann", "create", "lease", "-n", "hung", "--duration", "5m", "--lease-id", "first")
    assert created.code == 0, created.text
    exporter.popen.send_signal(signal.SIGHUP)
    done = lab.jmp("ann", "shell", "--lease", "first", "--", "j", "power", "on")
    assert done.code == 0, done.text
    assert lab.exporter("hung")["online"]
    assert lab.jmp("ann", "delete", "leases", "first").code == 0
    eventually(lambda: not lab.exporter("hung")["online"] or not exporter.alive, lambda: str(lab.exporter("hung")), 30)
    exporter.stop()


def test_point_82_an_after_hook_that_fails_frees_the_board(lab):
    hook = {"script": "echo last-words; exit 3", "timeout": 20, "onFailure": "endLease"}
    lab.stock("bitter", {"board": "bitter"}, hooks={"afterLease": hook})
    for _ in range(2):
        done = lab.jmp("ann", "shell", "-n", "bitter", "--", "j", "power", "on")
        assert done.code == 1, done.text
        assert "last-words" in done.text
        eventually(lambda: not lab.exporter("bitter").get("lease"), lambda: str(lab.exporter("bitter")), 30)
    lab.exporters["bitter"].stop()


