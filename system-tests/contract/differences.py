"""Where Rigbus differs from the stock exporter 0.9.0 on purpose. What only bare gRPC can see stands in
wire/expectations.py; there is no other list.

A test asks `expected(peer, NAME)` for the one value that depends on the peer; all its other assertions are the same for
both. test_differences.py sees to it that no entry outlives its last test.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Difference:
    """What either peer does, and why they are not the same."""

    stock: Any
    rigbus: Any
    why: str


DIFFERENCES = {
    "file or device failure": Difference(
        "UNKNOWN", "INTERNAL", "a failed file or device is no unknown error; stock says so too after 0.9.0"
    ),
    "reset by the remote side": Difference("hangs", "ends", "a client must not wait for a device that is gone"),
    "presigned PUT": Difference("hangs", "uploads", "stock waits for the answer before it sends the body"),
    "compressed dump": Difference("truncated", "whole", "stock never flushes the encoder"),
    "script of a client that is gone": Difference("runs on", "ends", "nobody is left to stop it"),
    "path out of the root": Difference("escapes", "refused", "a client must not read the exporter's other files"),
    "symlink out of the root": Difference("escapes", "refused", "a client must not read the exporter's other files"),
    "remove_all without a slash spares other names": Difference(
        False, True, "removing `n` must not take `nested` along"
    ),
    "status after EndSession": Difference("AVAILABLE", "LEASE_READY", "an exporter that is never ready again is of no use"),
    "afterLease at EndSession": Difference(False, True, "the hook is what brings the board back to a known state"),
    "call after a failed beforeLease": Difference("runs", "refused", "the check that stock makes has no effect"),
    "port in use": Difference("shared", "refused", "two exporters that share a port answer at random"),
    "unknown key in the file": Difference("starts", "refused", "a typo must not be silent"),
    "unknown key in a driver": Difference("starts", "refused", "a typo must not be silent"),
    "driver node that does not fit": Difference("starts", "refused", "stock makes an empty composite of it"),
    "Reset": Difference("UNIMPLEMENTED", "OK", "stock declares it and does not serve it"),
    "health": Difference("UNIMPLEMENTED", "OK", "stock does not serve it"),
    "reflection": Difference("UNIMPLEMENTED", "OK", "stock does not serve it"),
    "j in a hook with a passphrase": Difference("refused", "works", "a hook belongs to the exporter"),
    "name given twice": Difference("starts", "refused", "stock drops the first of the two"),
    "exit code of an exporter that cannot start": Difference(
        "0", "not 0", "a supervisor must see the failure; stock drops the code on its way out"
    ),
    "exit code after a hook that ends the exporter": Difference("0", "not 0", "as above"),
}


def expected(peer, name):
    """What this peer does at this difference; where the drivers run makes none."""
    return getattr(DIFFERENCES[name], "rigbus" if peer == "spread" else peer)
