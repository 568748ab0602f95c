"""A node and many agents, each a process with a host of its own, for a while: does memory grow, or anything leak, or is
a connection lost?

    python3 soak_bench.py PROGRAM [AGENTS] [MINUTES]
"""
import contextlib
import json
import os
import pathlib
import re
import sys
import tempfile
import threading
import time

from netns import Namespace
from pair import NODE, ask, program
from processes import Process

STALL_SECONDS = 0.5
PERIOD_SECONDS = 30
ADMIN_PORTS = 10_000  # Of the agents, away from the node's.
LOST = re.compile(r"PARKED|is silent|the connection is lost")
# Light on the machine, as fifty of them share it; and never long at rest.
HOST = {"example_host": {"workers": 1, "load": {
    "kind": "on_off", "on_rate_rps": 40, "off_rate_rps": 5, "on_seconds": 60, "off_seconds": 60, "keys": 1000}}}
TUNER = {"enabled": True, "slo": {"p95_latency_ms": 45}, "lease_seconds": 10, "watchdog": {"check_delay_seconds": 10}}


class Stalls(threading.Thread):
    """Tells when this machine had no time for a process that wanted to run twenty times a second."""

    def __init__(self):
        super().__init__(daemon=True)
        self.seen, self.over = [], threading.Event()

    def run(self):
        last = time.monotonic()
        while not self.over.wait(0.05):
            now = time.monotonic()
            if now - last > STALL_SECONDS:
                self.seen.append((time.strftime("%T"), round(now - last, 2)))
            last = now


def started(namespace, folder, what, name, config):
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"tuner": TUNER, **config}))
    return Process(namespace, folder / f"{name}.log", program(), what, "--config", path)


def metric(namespace, name):
    """@returns what the node exports under that name, summed up."""
    lines = ask(namespace, "/metrics").splitlines()
    return sum(float(x.rsplit(" ", 1)[1]) for x in lines if re.match(name + r"[ {]", x))


def sizes(pid):
    """@returns (resident KiB, descriptors, threads)."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        resident = int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])
    return resident, len(os.listdir(f"/proc/{pid}/fd")), len(os.listdir(f"/proc/{pid}/task"))


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    seconds = 60 * float(sys.argv[3]) if len(sys.argv) > 3 else 1200
    stalls = Stalls()
    stalls.start()
    with tempfile.TemporaryDirectory() as root, contextlib.ExitStack() as undo:
        folder, space = pathlib.Path(root), undo.enter_context(contextlib.closing(Namespace()))
        token = folder / "token"
        token.touch(mode=0o600)
        token.write_text("0123456789abcdef")
        node = started(space, folder, "node", "node", {"node": {"token_file": str(token)}})
        undo.callback(node.close)
        node.wait_for("awaits agents")
        agents = []
        for i in range(count):
            agents.append(started(space, folder, "agent", f"agent{i}", {
                "targets": [{"name": f"gpu{i}", **HOST}], "admin": {"port": ADMIN_PORTS + i},
                "agent": {"node": f"{NODE[0]}:{NODE[1]}", "token_file": str(token)}}))
            undo.callback(agents[-1].close)
        for agent in agents:
            agent.wait_for("enrolled as")
        print("seconds  node KiB  descriptors  threads  actors  agents KiB  node CPU s", flush=True)
        began = time.monotonic()
        while True:
            passed = time.monotonic() - began
            resident, descriptors, threads = sizes(node.popen.pid)
            of_agents = sum(sizes(x.popen.pid)[0] for x in agents)
            print(f"{passed:7.0f}  {resident:8}  {descriptors:11}  {threads:7}  "
                  f"{metric(space, 'auto_tuning_actors'):6.0f}  {of_agents:10}  {node.cpu_seconds():10.1f}", flush=True)
            if passed >= seconds:
                break
            time.sleep(PERIOD_SECONDS)
        stalls.over.set()
        lost = [line for x in (node, *agents) for line in x.text().splitlines() if LOST.search(line)]
        print(f"lines of connections lost: {len(lost)}", *lost[:20], sep="\n")
        print(f"stalls of the machine over {STALL_SECONDS} s: {stalls.seen}")
        print(f"{len(re.findall('change #', node.text()))} changes, {len(re.findall('trial #', node.text()))} trials ended")


if __name__ == "__main__":
    main()
