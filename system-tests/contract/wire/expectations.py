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
