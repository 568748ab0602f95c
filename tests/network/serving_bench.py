"""What a host's requests take with an agent, while the node and the cable fail, and without one; by turns.

    python3 serving_bench.py PROGRAM [ROUNDS]
"""
import contextlib
import itertools
import json
import pathlib
import statistics
import sys
import tempfile
import threading

from netns import Network
from pair import TRAFFIC, Pair, program
from processes import Process

HOLDS = {"policy": "hold", "sample_period_seconds": 0.25, "lease_seconds": 4}
# Hardly any hits: the median is one of requests that were computed.
HOST = {"load": {"rate_rps": 1000, "zipf": 0}, "static": {"batch_timeout_ms": 2}}


def figures(host):
    """@returns (p50, p95) in ms of ten seconds, after ten to warm up."""
    host.wait_for(f"({TRAFFIC.pattern[:-1]}\n(.*\n)*?){{2}}", seconds=40)
    line = list(TRAFFIC.finditer(host.text()))[1]
    return float(line[2]), float(line[3])


def without(network, folder):
    pair_config = json.loads((folder / "agent.json").read_text())
    (folder / "alone.json").write_text(json.dumps({**pair_config, "tuner": {"enabled": False}, "agent": {}}))
    host = Process(network.agent, folder / "alone.log", program(), "run", "--config", folder / "alone.json")
    with contextlib.closing(host):
        return figures(host)


def plagued(pair, over):
    """Kills the node and pulls the cable, until it is over."""
    for n in itertools.count():
        if over.wait(1.5):
            return
        if n % 2:
            with pair.network.pulled():
                over.wait(2.5)
        else:
            pair.node.kill()
            over.wait(1)
            pair.node.start()


def with_agent(network, folder):
    with contextlib.ExitStack() as undo:
        pair = Pair(network, folder, undo, HOLDS, **HOST)
        over = threading.Event()
        faults = threading.Thread(target=plagued, args=(pair, over))
        faults.start()
        try:
            return figures(pair.agent)
        finally:
            over.set()
            faults.join()


def main():
    rounds, turns = int(sys.argv[2]) if len(sys.argv) > 2 else 10, []
    with tempfile.TemporaryDirectory() as root, Network() as network:
        for n in range(rounds):
            folder = pathlib.Path(root) / str(n)
            folder.mkdir()
            agent = with_agent(network, folder)
            alone = without(network, folder)
            turns.append((agent, alone))
            print(f"p50, p95 in ms: {agent} with an agent, {alone} without", flush=True)
    # A bucket of latencies is 2 % wide: their means tell more than one ratio.
    for i, name in enumerate(("p50", "p95")):
        agent, alone = ([x[i] for x in side] for side in zip(*turns))
        ratios = [x / y for x, y in zip(agent, alone)]
        print(
            f"{name} with ÷ without: of the means {sum(agent) / sum(alone):.3f}, "
            f"median {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"
        )


if __name__ == "__main__":
    main()
