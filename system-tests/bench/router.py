"""Measures the router of a node beside the bare grpc-go router of the neutral load generator: speed, latency, CPU, and what idle pairs cost.

    python router.py BENCH [ROUNDS]     as root

BENCH is the load generator's folder. Its tokens are signed with a key that both routers know, so the lab gets that key.
"""

import base64
import os
import re
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "contract"))

from lab.labs import Node  # noqa: E402
from peers import command, free_port  # noqa: E402

KEY = re.compile(r"(-----BEGIN RIGBUS LAB ROUTER KEY-----\n).*?(-----END)", re.DOTALL)


def with_key(node, key):
    """Makes the lab's keys, then gives its router another."""
    node.start()
    node.stop()
    file = node.data / "lab.pem"
    text = KEY.sub(lambda m: m[1] + base64.encodebytes(key.encode()).decode() + m[2], file.read_text())
    file.write_text(text)


def main():
    bench = Path(sys.argv[1]).resolve()
    rounds = sys.argv[2] if len(sys.argv) > 2 else "5"
    key = secrets.token_hex(32)
    with tempfile.TemporaryDirectory(prefix="rigbus-bench-") as room:
        env = os.environ | {"ROUTER_KEY": key, "BENCH_STATE": os.environ.get("BENCH_STATE", f"{room}/state")}
        node = Node(Path(room), "n1", free_port())
        with_key(node, key)
        subprocess.run([bench / "peers/grpc-go-router.sh", "setup"], env=env, check=True)
        reference = subprocess.run(
            [bench / "peers/grpc-go-router.sh", "start"], env=env, check=True, capture_output=True, text=True
        ).stdout.strip()
        node.start()
        try:
            ours = f"rigbus={node.endpoint},tls,pid={node.process.popen.pid}"
            cases = [bench / "run.sh", "-c", bench / "cases/router", "-n", rounds, "-m", "all", reference, ours]
            subprocess.run(cases, env=env, check=True)
        finally:
            node.stop()
            subprocess.run([bench / "peers/grpc-go-router.sh", "stop"], env=env)
        # Each round starts routers of its own.
        state = env["BENCH_STATE"]
        port = node.endpoint.rpartition(":")[2]
        listen = ["--listen", f"0.0.0.0:{port}", "--advertise", node.endpoint]
        start = " ".join(map(str, [*command("rigbus"), "up", "--config", node.config, "--data", node.data, *listen]))
        for title, times in ("just started", 0), ("after 7,680 pairs", 30):
            closed = Path(room) / "up.sh"
            closed.write_text(
                CLOSED.format(port=port, start=start, log=f"{room}/up.log", loadgen=f"{state}/bin/loadgen", times=times)
            )
            other = f"127.0.0.1:{free_port()}"
            idle = [
                bench / "commands.sh", "idle", "-n", rounds, "-p", "1000", "-m", "all",
                f"grpc-go-router={other},tls::{state}/bin/refrouter -listen {other}",
                f"rigbus={node.endpoint},tls::bash {closed}",
            ]  # fmt: skip
            print(f"\nidle pairs, on a router {title}", flush=True)
            subprocess.run(idle, env=env, check=True)


# A node opens its port before it takes streams, for which the generator does not wait; and it may have had some pairs before. As root.
CLOSED = """set -e
rule="INPUT -i lo -d 127.0.0.1 -p tcp --dport {port} -j REJECT --reject-with tcp-reset"
iptables -I $rule
trap 'iptables -D $rule 2>/dev/null || true' EXIT
{start} > {log} 2>&1 &
until grep -q ^ready: {log}; do sleep 0.05; done
for ((i = 0; i < {times}; i++)); do
  {loadgen} router --mode latency --pairs 256 --size 64 --warmup 10ms --duration 20ms --target 127.0.0.2:{port} --tls-skip-verify
done >/dev/null
iptables -D $rule
trap 'kill $!' TERM INT
wait
"""


if __name__ == "__main__":
    main()
