"""Expecting that a call of the stock client is refused."""

import re
from contextlib import contextmanager

from jumpstarter.client.core import DriverError, DriverInvalidArgument

KINDS = {"INVALID_ARGUMENT": DriverInvalidArgument}


class Refusal:
    """What the exporter said; `text` is there after the block."""

    text = ""


@contextmanager
def refusal(code="UNKNOWN", words=""):
    """The block must fail with this status, and the details must begin with these words (a pattern)."""
    told = Refusal()
    try:
        yield told
    except* DriverError as group:
        # A failed call that has a resource stream beside it arrives in a group.
        failures = list(_leaves(group))
        assert len(failures) == 1, failures
        told.text = str(failures[0])
        assert isinstance(failures[0], KINDS.get(code, DriverError)), repr(failures[0])
        assert re.match(rf"DriverCall '\w+' failed with gRPC {code}: {words}", told.text), told.text
    else:
        raise AssertionError(f"not refused; expected {code} {words}")


def _leaves(group):
    for error in group.exceptions:
        yield from _leaves(error) if isinstance(error, BaseExceptionGroup) else (error,)
