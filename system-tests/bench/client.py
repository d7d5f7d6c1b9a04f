"""Measures our client beside the stock one, against the same exporter in one run: calls, bulk, and the start of `j`.

    python client.py [ROUNDS]
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "contract"))

from peers import CHECKOUT, Exporter, clean_environment, command, run  # noqa: E402

SECONDS = 3.0
AT_ONCE = 64
MEGABYTES = 256
EXPORT = {
    "power": {"type": "jumpstarter_driver_power.driver.MockPower"},
    "flasher": {"type": "jumpstarter_driver_opendal.driver.MockFlasher"},
}


def stock(exporter, image):
    with exporter.connect() as client:
        yield "call-c1", calls(client.power)
        yield "call-c64", client.portal.call(many, client.power)
        yield "flash", bulk(client, image)


def calls(power):
    power.off()
    start, count = time.monotonic(), 0
    while time.monotonic() - start < SECONDS:
        power.off()
        count += 1
    return count / (time.monotonic() - start)


async def many(power):
    async def one():
        nonlocal count
        while time.monotonic() - start < SECONDS:
            await power.call_async("off")
            count += 1

    start, count = time.monotonic(), 0
    await asyncio.gather(*(one() for _ in range(AT_ONCE)))
    return count / (time.monotonic() - start)


def bulk(client, image):
    client.flasher.flash(image)
    start = time.monotonic()
    client.flasher.flash(image)
    return image.stat().st_size / 1e6 / (time.monotonic() - start)


def ours(exporter, image):
    java = Path(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else "java"
    words = [java, "-cp", f"{CHECKOUT}/app/target/rigbus.jar:{CHECKOUT}/app/target/lib/*", Path(__file__).with_name("Calls.java"), SECONDS, AT_ONCE, image]
    done = run(words, env=exporter.client_environment(), seconds=120)
    assert done.code == 0, done.text
    for line in done.out.splitlines():
        name, figure = line.split()
        yield name, float(figure)


def starts(program, exporter):
    """Seconds of a `j` in a shell that is there, of a whole shell with one command, and of the help."""
    shell = [*command(program), "shell", "--tls-grpc", exporter.address, "--tls-grpc-insecure", "--"]
    script = "j power on; for i in 1 2 3 4 5; do s=$(date +%s%N); j power on; e=$(date +%s%N); echo $((e - s)); done"
    times = [int(line) / 1e9 for line in run([*shell, "sh", "-c", script], seconds=120).out.splitlines() if line.isdigit()]
    yield "j power on", statistics.median(times)
    yield "shell -- j power on", timed([*shell, "j", "power", "on"])
    yield "--help", timed([*command(program), "--help"])


def timed(words):
    run(words)
    times = []
    for _ in range(5):
        start = time.monotonic()
        assert run(words).code == 0
        times.append(time.monotonic() - start)
    return statistics.median(times)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    os.environ |= clean_environment()
    figures = {}
    with tempfile.TemporaryDirectory() as room, Exporter("rigbus", export=EXPORT) as exporter:
        image = Path(room) / "image"
        image.write_bytes(os.urandom(MEGABYTES << 20))
        for _ in range(rounds):
            for program, measure in ("stock", stock), ("rigbus", ours):
                for name, figure in measure(exporter, image):
                    figures.setdefault((name, program), []).append(figure)
        for program in "stock", "rigbus":
            for name, figure in starts(program, exporter):
                figures[name, program] = [figure]
    for (name, program), all_of_them in figures.items():
        print(f"{name:20} {program:7} {statistics.median(all_of_them):12.3f}   ({', '.join(f'{f:.3f}' for f in all_of_them)})")


if __name__ == "__main__":
    main()
