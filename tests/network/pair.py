"""A node and an agent, each with its end of the tunnel in its namespace, and what they tell."""
import contextlib
import copy
import datetime
import http.client
import json
import os
import pathlib
import re
import secrets
import sys

from certificates import Authority
from netns import wait_until
from processes import Process
from tunnel import NODE_PORT, tunnel

NODE = ("127.0.0.1", NODE_PORT)  # In the agent's namespace, too: its end of the tunnel.
ADMIN = ("127.0.0.1", 9464)
STATIC = {"batch_size": 32, "batch_timeout_ms": 30, "cache_size_mb": 64}
# Trials without an end: the objective is met with some batch size, and not with one more.
EVER_TRYING = {
    "policy": "aimd", "judge": "threshold", "slo": {"p95_latency_ms": 15}, "observation_window_seconds": 1,
    "tuning_interval_seconds": 0.5, "sample_period_seconds": 0.25, "cool_down_seconds": 0.25, "lease_seconds": 4,
    "watchdog": {"check_delay_seconds": 2, "max_extensions": 0}, "rollback": {"max_per_hour": 0},
    "back_off": {"first_seconds": 0, "longest_seconds": 0}}
HOST = {"example_host": {"workers": 1, "load": {"rate_rps": 500}}, "knobs": {
    "batch_size": {"min": 1, "max": 128, "step": 1}, "batch_timeout_ms": {"min": 0, "max": 100},
    "cache_size_mb": {"min": 8, "max": 400, "step": 1}}}
TRAFFIC = re.compile(r"^(\S+) info host .* p50 (\S+) ms  p95 (\S+) ms .* completed (\d+), failed (\d+) of (\d+)$",
                     re.MULTILINE)


def program():
    """@returns the auto_tuner to be tested: the first argument."""
    return sys.argv[1]


def run_as_program(main):
    """Runs tests, which are not told of the arguments that are ours: programs, before all others."""
    ours = [x for x in sys.argv[1:] if os.path.isfile(x)]
    main(argv=[sys.argv[0], *(x for x in sys.argv[1:] if x not in ours)], verbosity=2)


def unix_seconds(text):
    """@returns the time of a line in a log."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def ask(namespace, path, port=ADMIN[1]):
    """@returns what the admin port answers, as text. @throws OSError when it does not."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection), namespace.connect(("127.0.0.1", port)) as connection.sock:
        connection.request("GET", path)
        with connection.getresponse() as answer:
            return answer.read().decode()


def get(namespace, path, port=ADMIN[1]):
    return json.loads(ask(namespace, path, port))


class Pair:
    """In a network, with its files in a folder. Its processes go with `undo`, an ExitStack.

    @param link  How both ends find out that the other one is gone.
    """

    def __init__(self, network, folder, undo, tuner=None, link=None, **agent_keys):
        self.network, self.folder, self.undo, self.link = network, pathlib.Path(folder), undo, link or {}
        self.token = self.secret("token", secrets.token_hex(16))
        self.authority = Authority(self.folder / "ca", "one")
        self.tunnels = [self.tunnel(end) for end in ("node", "agent")]
        self.node = self.start("node", network.node, {
            "tuner": {"enabled": True, **(tuner or EVER_TRYING)}, "node": {"token_file": self.token},
            "journal": {"file": str(self.folder / "journal.db")}})
        self.node.wait_for("awaits agents")
        self.agent = self.start_agent(**agent_keys)

    def tunnel(self, end):
        certificate = self.authority.of("one" if end == "agent" else "node")
        folder = self.folder / f"{end}_tunnel"
        folder.mkdir()
        process = tunnel(end, getattr(self.network, end), folder, certificate, self.authority.ca)
        return self.undo.enter_context(contextlib.closing(process))

    def secret(self, name, text):
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text)
        return str(path)

    def start(self, what, namespace, config, name=None):
        """@returns `auto_tuner node` or `agent`, with a log called `name`."""
        name = name or what
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps({"link": self.link, **config}))
        process = Process(namespace, self.folder / f"{name}.log", program(), what, "--config", path)
        return self.undo.enter_context(contextlib.closing(process))

    def start_agent(self, name="agent", target="gpu1", token=None, node=NODE, port=ADMIN[1], static=None, load=None):
        host, static = copy.deepcopy(HOST), {**STATIC, **(static or {})}
        host["example_host"]["load"].update(load or {})
        return self.start("agent", self.network.agent, {
            "tuner": {"enabled": True}, "targets": [{"name": target, **host}], "admin": {"port": port},
            "batcher": {"max_batch_size": static["batch_size"], "batch_timeout_ms": static["batch_timeout_ms"]},
            "cache": {"max_memory_mb": static["cache_size_mb"]},
            "agent": {"node": f"{node[0]}:{node[1]}", "token_file": token or self.token}}, name)

    def settings(self):
        """@returns what the agent's host runs with, or None while it does not say."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            return get(self.network.agent, "/api/v1/status")["targets"][0]["settings"]
        return None

    def trial_under_way(self):
        """@returns whether there is one, by what the node said since it was started."""
        said = self.node.text()[self.node.begin:]
        return said.rfind(": change #") > max(said.rfind(": trial #"), said.rfind("PARKED"))

    def history(self):
        """@returns every change that the node remembers, oldest first, by its number."""
        known = get(self.network.node, "/api/v1/history?target=gpu1&limit=5000")
        return [x for x in known.get("events", []) if x["kind"] == "tuning"]

    def wait_for_change(self, since):
        """Until the node starts a trial, after a moment. It is not asked, as that would take processor time."""
        def started():
            last = self.node.text().rfind(": change #")
            line = self.node.text().rfind("\n", 0, last) + 1
            return last >= 0 and unix_seconds(self.node.text()[line:].split(" ", 1)[0]) > since
        try:
            wait_until("another trial is started", started)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.node.tail()}\n{self.agent.tail()}") from None

    def traffic(self):
        """@returns (completed, failed, offered) of all that the agent's host told of."""
        lines = [[int(x) for x in line.groups()[3:]] for line in TRAFFIC.finditer(self.agent.text())]
        return tuple(map(sum, zip(*lines)))
