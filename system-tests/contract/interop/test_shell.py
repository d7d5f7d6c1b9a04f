"""Scripts on the exporter: output, exit codes, environment, deadlines, and that data never becomes code."""

import os
import signal

import pytest
from differences import expected
from jumpstarter.client.core import DriverError
from peers import Exporter
from waiting import eventually

DRIVER = "jumpstarter_driver_shell.driver.Shell"
BLOCKED = ["LD_PRELOAD", "LD_LIBRARY_PATH", "PATH", "PYTHONPATH", "BASH_ENV", "KUBECONFIG", "HOME"]
BLOCKED += ["LD_AUDIT", "LD_DEBUG", "BASH_FUNC_myfunc"]
NASTY = ["; echo pwned", "$(echo pwned)", "`echo pwned`", "-n", "--help", "a 'b' \"c\"", "*", "", "ü\n2"]


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    return tmp_path_factory.mktemp("shell")


@pytest.fixture(scope="module")
def exporter(peer, room):
    methods = {
        "echo": "echo $1",
        "env": "echo $ENV1",
        "exact_env": "printf '<%s>' \"$ENV1\"",
        "inherited": "echo $FROM_THE_EXPORTER",
        "exact": "printf '<%s>' \"$0\" \"$@\"",
        "multi_line": "echo $1\necho $2\necho $3",
        "exit0": "exit 0",
        "exit1": "exit 1",
        "exit42": "exit 42",
        "stderr": "echo $1 >&2",
        "both": "echo out; echo err >&2; exit 3",
        "live": "echo first; while [ ! -e $1 ]; do sleep 0.02; done; echo second",
        "big": "head -c 40000 /dev/zero | tr '\\0' x",
        "notutf8": "printf 'a\\377b'",
        "cat": "cat",
        "slow": {"command": "sleep 30", "description": "Sleeps for long", "timeout": 1},
        "family": {"command": "sleep 30 & echo $!; wait", "timeout": 1},
        "forever": "echo $$; sleep 60",
        "described": {"command": "echo 'detailed'", "description": "A detailed command"},
        "default_cmd": {"description": "Method using default command"},
    }
    export = {
        "shell": {"type": DRIVER, "config": {"methods": methods}},
        "sh": {"type": DRIVER, "config": {"methods": {"name": "echo $0 $1"}, "shell": ["sh", "-c"]}},
        "short": {"type": DRIVER, "config": {"methods": {"slow": "sleep 30"}, "timeout": 1}},
        "there": {"type": DRIVER, "config": {"methods": {"pwd": "pwd"}, "cwd": str(room)}},
        "nowhere": {"type": DRIVER, "config": {"methods": {"pwd": "pwd"}, "cwd": str(room / "none")}},
        "blank": {"type": DRIVER, "config": {"methods": {"nothing": " "}}},
    }
    with Exporter(peer, export=export, env={"FROM_THE_EXPORTER": "yes"}) as exporter:
        yield exporter


def call(shell, method, *args, **env):
    """(stdout, stderr, exit code) of one call."""
    items = list(shell.streamingcall("call_method", method, env, *args))
    # Only the last item has the code.
    assert [code is None for _, _, code in items] == [True] * (len(items) - 1) + [False]
    return "".join(out for out, _, _ in items), "".join(err for _, err, _ in items), items[-1][2]


# ---- what scripts do ----


def test_methods_are_listed_in_the_order_of_the_file(client):
    names = client.shell.call("get_methods")
    assert names[:5] == ["echo", "env", "exact_env", "inherited", "exact"]
    assert names[-1] == "default_cmd"


def test_arguments_and_output(client):
    assert call(client.shell, "echo", "hello") == ("hello\n", "", 0)
    assert call(client.shell, "multi_line", "a", "b", "c") == ("a\nb\nc\n", "", 0)
    assert call(client.shell, "stderr", "error") == ("", "error\n", 0)
    assert call(client.shell, "both") == ("out\n", "err\n", 3)


def test_the_environment_of_a_call_is_added_to_the_exporters(client):
    assert call(client.shell, "env", ENV1="world") == ("world\n", "", 0)
    assert call(client.shell, "env") == ("\n", "", 0)
    assert call(client.shell, "inherited", ENV1="world") == ("yes\n", "", 0)


@pytest.mark.parametrize(("method", "code"), [("exit0", 0), ("exit1", 1), ("exit42", 42)])
def test_the_exit_code_comes_back(client, method, code):
    assert call(client.shell, method) == ("", "", code)
    assert getattr(client.shell, method)() == code


def test_the_client_prints_what_the_script_prints(client, capsys):
    assert client.shell.both() == 3
    assert capsys.readouterr() == ("out\n", "err\n")


def test_output_arrives_while_the_script_runs(client, room):
    done = room / "go-on"
    items = client.shell.streamingcall("call_method", "live", {}, str(done))
    assert next(items)[0] == "first\n"
    done.touch()
    assert "".join(out for out, _, _ in items) == "second\n"


def test_much_output_is_complete(client):
    out, _, code = call(client.shell, "big")
    assert (len(out), set(out), code) == (40_000, {"x"}, 0)


def test_output_that_is_not_text_is_replaced_and_does_not_fail(client):
    assert call(client.shell, "notutf8") == ("a�b", "", 0)


def test_another_shell_and_another_directory(client, room):
    assert call(client.sh, "name", "argument") == ("name argument\n", "", 0)
    assert call(client.there, "pwd") == (f"{room}\n", "", 0)


def test_a_method_without_a_command_says_hello(client):
    assert call(client.shell, "default_cmd") == ("Hello\n", "", 0)


def test_two_scripts_run_side_by_side(client, room):
    flags = [room / "left", room / "right"]
    runs = [client.shell.streamingcall("call_method", "live", {}, str(flag)) for flag in flags]
    assert [next(run)[0] for run in runs] == ["first\n", "first\n"]
    for flag in flags:
        flag.touch()
    assert [list(run)[-1][2] for run in runs] == [0, 0]


# ---- data is data ----


def test_arguments_are_never_code(client):
    out, err, code = call(client.shell, "exact", *NASTY)
    assert (out, err, code) == ("<exact>" + "".join(f"<{arg}>" for arg in NASTY), "", 0)


@pytest.mark.parametrize("value", NASTY)
def test_the_environment_is_never_code(client, value):
    assert call(client.shell, "exact_env", ENV1=value) == (f"<{value}>", "", 0)


@pytest.mark.parametrize("name", BLOCKED)
def test_dangerous_variables_are_blocked(client, name):
    with pytest.raises(DriverError, match=f"^Environment variable '{name}' is blocked for security reasons$"):
        call(client.shell, "env", **{name: "malicious"})


@pytest.mark.parametrize("name", ["a-b", "1st", "a b", "x=y"])
def test_a_variable_must_have_a_proper_name(client, name):
    with pytest.raises(DriverError, match=f"^Invalid environment variable name: {name}$"):
        call(client.shell, "env", **{name: "x"})


@pytest.mark.parametrize("arg", [5, None, True, ["x"], {"a": "b"}], ids=str)
def test_arguments_must_be_strings(client, arg):
    with pytest.raises(DriverError, match="^All arguments must be strings, got "):
        call(client.shell, "echo", arg)


# ---- refusals ----


def test_an_unknown_method_is_refused_by_the_client_and_by_the_exporter(client):
    with pytest.raises(AttributeError, match="method unknown not found in"):
        client.shell.unknown()
    with pytest.raises(DriverError, match="^Method 'unknown' not found in available methods: \\['echo', 'env', "):
        call(client.shell, "unknown")


def test_a_missing_directory_is_named(client, room):
    with pytest.raises(DriverError, match=f"^Working directory does not exist: {room / 'none'}$"):
        call(client.nowhere, "pwd")


def test_an_empty_script_is_refused(client):
    with pytest.raises(DriverError, match="^Shell script must be a non-empty string$"):
        call(client.blank, "nothing")


# ---- deadlines and processes ----


@pytest.mark.parametrize("name", ["shell", "short"])
def test_a_script_over_its_time_ends_with_199(client, name):
    out, err, code = call(client.children[name], "slow")
    assert (out, code) == ("", 199)
    assert err == (
        "\nTimeout expired while running slow: Command '['bash', '-c', 'sleep 30', 'slow']' timed out after 1 seconds\n"
    )


def test_a_timeout_takes_the_whole_process_group(client):
    out, _, code = call(client.shell, "family")
    assert code == 199
    eventually(lambda: not alive(int(out)), "the end of the script's child")


def test_a_script_ends_with_the_client_that_started_it(exporter, client, peer):
    with exporter.connect() as other:
        pid = int(next(other.shell.streamingcall("call_method", "forever", {}))[0])
        assert alive(pid)
    assert call(client.shell, "echo", "still here") == ("still here\n", "", 0)
    if expected(peer, "script of a client that is gone") == "ends":
        eventually(lambda: not alive(pid), "the end of the script")
    else:
        os.killpg(pid, signal.SIGKILL)


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


# ---- descriptions and j ----


def test_descriptions_reach_the_report_only_where_they_are_configured(client):
    assert client.shell.methods_description == {
        "slow": "Sleeps for long",
        "described": "A detailed command",
        "default_cmd": "Method using default command",
    }


def test_every_method_is_a_command_with_its_help(client):
    commands = client.shell.cli().commands
    assert set(commands) == set(client.shell.call("get_methods"))
    assert commands["described"].help == "A detailed command"
    assert commands["echo"].help == "Execute the echo shell method"


def test_j_runs_a_script_with_arguments_and_environment(exporter):
    done = exporter.j("shell", "echo", "hello there")
    assert (done.code, done.out) == (0, "hello there\n")
    done = exporter.j("shell", "env", "--env", "ENV1=world")
    assert (done.code, done.out) == (0, "world\n")


def test_j_passes_options_of_the_script_through(exporter):
    done = exporter.j("shell", "exact", "--unknown", "-x", "a")
    assert (done.code, done.out) == (0, "<exact><--unknown><-x><a>")


def test_j_keeps_the_streams_apart_and_loses_the_exit_code_as_the_stock_client_does(exporter):
    done = exporter.j("shell", "both")
    assert (done.code, done.out, done.err) == (0, "out\n", "err\n")


def test_j_names_a_blocked_variable(exporter):
    done = exporter.j("shell", "env", "-e", "LD_PRELOAD=/x.so")
    assert done.code == 1
    assert "Environment variable 'LD_PRELOAD' is blocked for security reasons" in done.err


def test_j_lists_the_scripts(exporter):
    done = exporter.j("shell", "--help")
    assert done.code == 0
    assert "Execute the echo shell method" in done.out
    assert "A detailed command" in done.out
