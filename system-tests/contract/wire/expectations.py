"""Where the two peers are meant to differ: every such place of the raw tests stands here, with its reason."""

# Tests of what stock does not do at all; for the stock peer they are left out.
RIGBUS_ONLY = {
    "test_point_29_long_details_are_cut": "stock sends details of any length, and its own client fails on them at random",
    "test_point_31_reset_resets_the_tree": "stock answers UNIMPLEMENTED",
    "test_point_46_": "stock keeps the call and the device until the client cancels",
    "test_point_48_the_reason": "stock answers ABORTED without the reason",
    "test_point_60_": "stock deadlocks with a server that reads the body before it answers",
    "test_point_70_the_after_hook": "a standalone stock exporter runs no hook at EndSession and never is ready again",
    "test_point_72_": "stock moves on within milliseconds, so that a polling client misses the state",
    "test_point_79_": "two stock exporters share a port in silence",
    "test_R75_a_board_stays_on": "stock has no driver whose power can be read back",
    "test_ten_thousand_streams": "while a stock exporter clears them away it cancels calls of others",
}

# Codes of driver failures that are not the same; all others are.
CODES = {
    "rigbus": dict.fromkeys(("ConnectionError", "ConnectionRefusedError", "BrokenPipeError"), "UNAVAILABLE")
    | dict.fromkeys(("OSError", "FileNotFoundError", "PermissionError"), "INTERNAL"),
    "stock": {},
}


def code(peer, error):
    """The status of a driver method that raises `error` of probe-driver.md."""
    same = {
        "NotImplementedError": "UNIMPLEMENTED",
        "ValueError": "INVALID_ARGUMENT",
        "TimeoutError": "DEADLINE_EXCEEDED",
    }
    return CODES[peer].get(error) or same.get(error, "UNKNOWN")


# ---- fixtures ----

# Recordings that are not replayed at all.
NOT_REPLAYED = {
    "ssh-fabric": "the bytes of an SSH session: its keys are new every time",
    "ssh-run-direct": "the bytes of an SSH session: its keys are new every time",
}

DEVICE_ERRORS = ("err-fail-oserror", "err-fail-filenotfounderror", "err-fail-permissionerror", "err-gen-oserror",
                 "flasher-dump-missing", "missing-set-dtr")
CONNECTION_ERRORS = ("err-fail-connectionerror", "err-fail-connectionrefusederror", "err-fail-brokenpipeerror")

# How rigbus answers on purpose where the recording holds something else: the status that counts, and why.
# Details of None mean that the text is not compared.
RIGBUS_ANSWERS = {
    **dict.fromkeys(DEVICE_ERRORS, ({"code": "INTERNAL"}, "input and output errors are INTERNAL, as after 0.9.0")),
    **dict.fromkeys(CONNECTION_ERRORS, ({"code": "UNAVAILABLE"}, "lost connections are UNAVAILABLE, as after 0.9.0")),
    "reset": ({"code": "OK", "details": ""}, "Reset works"),
    "power-call-client-not-exported": ({"details": None}, "`report` is a method of every Python driver and of no Java one"),
    "raw-dunder-method": ({"details": None}, "`__class__` is an attribute of every Python object and of no Java one"),
    "err-default-missing": ({"details": None}, "Python's words about its own parameters"),
    "err-default-too-many": ({"details": None}, "Python's words about its own parameters"),
    "power-on-extra-arg": ({"details": None}, "Python's words about its own parameters"),
}


def replay_rule(peer, case):
    """What is expected of a call of the recording: its recorded status, or the one that differs on purpose."""
    changed = RIGBUS_ANSWERS.get(case, ({}, ""))[0] if peer == "rigbus" else {}
    return lambda rpc, status: status if status["code"] == "OK" and case != "reset" else status | changed


# Recorded downloads that stock cut short; rigbus sends them whole.
CUT_SHORT = {"flasher-dump-compressed-gzip": "the stock encoder is never flushed"}


def adjusted(peer, case, content):
    """The recording as it has to be on this peer."""
    if peer == "stock" or case not in CUT_SHORT:
        return content
    stream, *others = content["rpcs"]
    asked = [frame for frame in stream["frames"] if frame["dir"] == "client->exporter"]
    whole = {"dir": "exporter->client", "type": "(packed)"}
    return content | {"rpcs": [stream | {"frames": [*asked, whole]}, *others]}
