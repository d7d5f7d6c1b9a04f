"""Measures what it costs that a driver runs on another node: calls and streams, here, there and through the router, in one run.

    python spread.py BENCH [ROUNDS [CASE...]]

BENCH is the folder of the neutral load generator. It speaks to the socket that hooks use, so no router and no Python stand in between, and, for comparison, to that of a lease, behind which the router is.
With socat installed, one TLS connection between the two is measured too.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "contract"))

from lab.labs import Conversation, Lab  # noqa: E402
from peers import command, free_port  # noqa: E402
from waiting import eventually  # noqa: E402

POWER = {"type": "jumpstarter_driver_power.driver.MockPower"}
CASES = """
call-c1       call --method on --driver {driver}.power --concurrency 1
call-c16      call --method on --driver {driver}.power --concurrency 16
read-c1       streamcall --method read --driver {driver}.power --concurrency 1
echo-64B      stream --size 64 --driver {driver}.tcp
bulk-64KiB-1  stream --mode bulk --size 65536 --driver {driver}.tcp
bulk-64KiB-8  stream --mode bulk --size 65536 --streams 8 --driver {driver}.tcp
"""


def board(room, echo):
    drivers = {
        "power": POWER,
        "tcp": {"type": "jumpstarter_driver_network.driver.TcpNetwork", "config": {"host": "127.0.0.1", "port": echo}},
    }
    return {
        "export": {"here": {"children": drivers}, "far": {"node": "n2", "children": drivers}},
        "hooks": {"beforeLease": {"script": f"echo $JUMPSTARTER_HOST > {room}/host", "timeout": 30}},
    }


def tls_tunnel(room, echo):
    """A TCP port that leads through one TLS connection to the echo; none without socat."""
    if not shutil.which("socat"):
        return None, []
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-keyout", room / "key.pem", "-out", room / "cert.pem", *name],
        check=True, capture_output=True,
    )  # fmt: skip
    (room / "both.pem").write_text((room / "key.pem").read_text() + (room / "cert.pem").read_text())
    port, inner = free_port(), free_port()
    big = ["socat", "-b", "65536"]
    server = [*big, f"OPENSSL-LISTEN:{inner},bind=127.0.0.1,reuseaddr,fork,cert={room}/both.pem,verify=0", f"TCP:127.0.0.1:{echo},nodelay"]
    client = [*big, f"TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork,nodelay", f"OPENSSL:localhost:{inner},cafile={room}/cert.pem,nodelay"]
    return port, [subprocess.Popen(server), subprocess.Popen(client)]


def main():
    bench = Path(sys.argv[1]).resolve()
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    echo = free_port()
    with tempfile.TemporaryDirectory(prefix="rigbus-bench-") as name:
        room = Path(name)
        loadgen = room / "loadgen"
        subprocess.run(["go", "build", "-o", loadgen, "."], cwd=bench / "loadgen", check=True)
        with Lab(nodes=2, settings={"eventLoops": max(1, os.cpu_count() // 2)}, boards={"n1": {"board": {}}}, hooks={"board": board(room, echo)}) as lab:
            lab.client("ann")
            lab.until_ready("board")
            # The shell's socket leads through the lab's router, each connection on a way of its own.
            shell = [*command("rigbus"), "shell", "--client-config", lab.config("ann"), "-n", "board", "--"]
            holder = Conversation([*shell, "sh", "-c", "echo $JUMPSTARTER_HOST; echo held; read l; true"], {})
            router = holder.until("held")[-2]
            host = eventually(lambda: (room / "host").exists() and (room / "host").read_text().strip(), "the hook runs")
            tunnel, processes = tls_tunnel(room, echo)
            try:
                measure(loadgen, host, router, echo, tunnel, rounds, room)
            finally:
                for process in processes:
                    process.terminate()
            holder.finish()


def measure(loadgen, host, router, echo, tunnel, rounds, room):
    results = {}
    env = os.environ | {"TMPDIR": str(room)}
    targets = [("here", "here", f"unix:{host}"), ("far", "far", f"unix:{host}"), ("router", "here", f"unix:{router}")]
    for round_number in range(rounds + 1):
        for line in CASES.strip().splitlines():
            case, words = line.split(None, 1)
            if sys.argv[3:] and case not in sys.argv[3:]:
                continue
            for name, driver, target in targets:
                flags = words.format(driver=driver).split() + ["--target", target, "--insecure"]
                take(results, case, name, loadgen, flags, echo, env, round_number)
            if case.startswith(("echo", "bulk")):
                stream = re.sub(r" --driver \S+", "", words.format(driver="x")).split()
                take(results, case, "tcp", loadgen, stream + ["--target", f"tcp:127.0.0.1:{echo}"], echo, env, round_number)
                if tunnel:
                    through = stream + ["--target", f"tcp:127.0.0.1:{tunnel}"]
                    take(results, case, "tls", loadgen, through, echo, env, round_number)
    for (case, target), lines in results.items():
        print(case, target, "; ".join(lines))


def take(results, case, target, loadgen, flags, echo, env, round_number):
    if flags[0] == "stream":
        flags = flags + ["--echo", f"127.0.0.1:{echo}"]
    done = subprocess.run([loadgen, *flags, "--duration", "2s"], capture_output=True, text=True, env=env)
    if done.returncode:
        raise SystemExit(f"{case} {target}: {done.stderr}")
    if round_number:  # the first warms up
        results.setdefault((case, target), []).append(summary(done.stdout))


def summary(text):
    import json

    result = json.loads(text)
    found = result.get("metrics", result)
    wanted = ("calls_per_s", "items_per_s", "rtt_us_p50", "rtt_us_p99", "latency_us_p50", "latency_us_p99", "mb_per_s", "p50_us", "p99_us")
    return " ".join(f"{key}={found[key]:.4g}" for key in found if key in wanted or key.startswith(("p50", "p99", "mb_", "calls_per", "rtt")))


if __name__ == "__main__":
    main()
