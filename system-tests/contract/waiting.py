"""Waiting for something to happen, with a deadline and never for a fixed time."""

import time


def eventually(condition, what, seconds=10.0):
    """Polls until the condition yields something true, and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {what() if callable(what) else what}")
        time.sleep(0.02)
