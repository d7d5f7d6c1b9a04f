"""How many descriptors and how much memory an exporter holds."""

import os
from contextlib import contextmanager
from pathlib import Path

from waiting import eventually

MEGABYTE = 1 << 20
SPARE_DESCRIPTORS = 4
# A garbage-collected heap is not given back at once; what hostile input could claim is far more than this.
SPARE_MEMORY = 256 * MEGABYTE


def processes(exporter):
    """The exporter's process and all below it."""

    def below(pid):
        yield pid
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            return
        for child in children:
            yield from below(int(child))

    return list(below(exporter.process.pid))


def descriptors(exporter):
    return sum(_number(lambda p=pid: len(os.listdir(f"/proc/{p}/fd"))) for pid in processes(exporter))


def memory(exporter):
    """Resident bytes."""
    page = os.sysconf("SC_PAGE_SIZE")
    return sum(_number(lambda p=pid: int(Path(f"/proc/{p}/statm").read_text().split()[1]) * page) for pid in processes(exporter))


def _number(read):
    try:
        return read()
    except OSError:
        return 0  # it ended meanwhile


@contextmanager
def unchanged(exporter, seconds=20.0):
    """After the block the exporter holds about as much as before."""
    before, room = descriptors(exporter), memory(exporter) + SPARE_MEMORY
    yield
    eventually(
        lambda: descriptors(exporter) <= before + SPARE_DESCRIPTORS,
        lambda: f"{before} descriptors as before; it has {descriptors(exporter)}",
        seconds,
    )
    eventually(
        lambda: memory(exporter) <= room,
        lambda: f"at most {room // MEGABYTE} MB; it has {memory(exporter) // MEGABYTE} MB",
        seconds,
    )
