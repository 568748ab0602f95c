"""Node and agent on two machines, through stunnel as we ship it: what they tune, and whom they refuse.

    python3 node_agent_test.py PROGRAM STRANGER     `auto_tuner`, and tests/network/stranger.cpp
"""
import contextlib
import json
import pathlib
import struct
import sys
import tempfile
import time
import unittest

from cases import WithNetwork, setUpModule  # The latter is called by unittest.
from certificates import Authority
from netns import Network, wait_until
from pair import NODE, STATIC, Pair, get, run_as_program
from processes import Process
from tunnel import TLS_PORT, tunnel

TLS = (Network.node_address, TLS_PORT)
SHARE_MAX = 0.05  # Of a core.
PATIENT = {"heartbeat_seconds": 0.7, "silence_seconds": 10}  # A busy machine is no reason to enrol anew.
TUNING = {
    "slo": {"p95_latency_ms": 20}, "observation_window_seconds": 3, "tuning_interval_seconds": 1,
    "sample_period_seconds": 0.25, "cool_down_seconds": 1,
    # Lenient: whatever a busy machine does to the host meanwhile is not the change's.
    "judge": "threshold", "watchdog": {"check_delay_seconds": 4, "degradation_threshold": 10}}
PROTOCOL_VERSION = 1
CLIENT_HANDSHAKE = 1  # Of BASP, as CAF 0.17 speaks it.


def header(operation, payload_bytes):
    """@returns how a message of BASP begins."""
    return struct.pack(">BxxBLQQQ", operation, 0, payload_bytes, 0, 0, 0)


def wait_for_end(connection):
    """Whatever the other side says before it ends the connection. @throws TimeoutError when it does not."""
    with contextlib.suppress(ConnectionError):
        while connection.recv(4096):
            pass


class Tuned(WithNetwork):
    def test_tuned(self):
        """E2 a host on another machine is tuned: its p95 gets better, and all its requests are served"""
        self.began = time.time()
        pair = Pair(self.network, self.folder, self.enterContext(contextlib.ExitStack()), TUNING)
        kept = wait_until("a change is kept",
                          lambda: next((x for x in pair.history() if x["verdict"] == "kept"), None), seconds=300)
        print(kept["reason"], kept["verdict_reason"], sep="\n")
        self.assertNotEqual(pair.settings(), STATIC)
        self.assertIn("tuned by the node", get(self.network.agent, "/api/v1/status")["targets"][0]["reason"])
        first, last = wait_until("its p95 gets better", lambda: self.better(pair))
        print(f"p95 {first:.1f} ms, then {last:.1f} ms")
        self.assertEqual(pair.agent.stop(), 0)
        pair.node.wait_for("PARKED: its agent is gone")
        completed, failed, offered = pair.traffic()
        print(f"{completed} completed, {failed} failed of {offered} requests")
        self.assertGreater(completed, 0)
        self.assertEqual((completed, failed), (offered, 0))
        self.assertEqual(pair.node.stop(), 0)

    def better(self, pair):
        """@returns the first and the last p95 that the node observed, in ms, if that is better; else nothing."""
        points = get(pair.network.node, f"/api/v1/series?target=gpu1&since={self.began:.0f}")["points"]
        p95s_ms = [x["p95_ms"] for x in points if x["completed"]]
        return (p95s_ms[0], p95s_ms[-1]) if p95s_ms and p95s_ms[-1] < 0.9 * p95s_ms[0] else None


class Refused(unittest.TestCase):
    """While a pair works: it goes on, and neither node nor tunnel has much to do."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.network = cls.enterClassContext(Network())
        cls.pair = Pair(cls.network, cls.folder, cls.enterClassContext(contextlib.ExitStack()), link=PATIENT)
        cls.pair.agent.wait_for("enrolled as gpu1")

    def setUp(self):
        self.node, self.end = self.pair.node, self.pair.tunnels[0]
        self.mark, self.end_mark = self.node.mark(), self.end.mark()
        self.used, self.since = self.cpu_seconds(), time.monotonic()

    def tearDown(self):
        self.pair.wait_for_change(time.time())
        length = time.monotonic() - self.since
        shares = [(now - before) / length for now, before in zip(self.cpu_seconds(), self.used)]
        print("node {:.1%} and stunnel {:.1%} of a core".format(*shares), f"for {length:.1f} s")
        self.assertLess(max(shares), SHARE_MAX)
        self.assertEqual(self.node.text().count("enrolled gpu1"), 1)

    def cpu_seconds(self):
        return self.node.cpu_seconds(), self.end.cpu_seconds()

    def refused(self, line):
        self.node.wait_for(line, since=self.mark)

    def agent(self, *arguments, **more):
        """Another one, which must not count as the pair's."""
        result = self.pair.start_agent("other", *arguments, port=0, load={"rate_rps": 1}, **more)
        self.addCleanup(result.close)
        return result

    def stranger(self, version, text):
        result = Process(self.network.agent, self.folder / "stranger.log", sys.argv[2], *NODE, version, text)
        self.addCleanup(result.close)
        return result

    def hello(self, **other):
        """@returns the enrolment of an agent that has the token."""
        knob = {"name": "batch_size", "role": "batch_size", "min": 1, "max": 9, "step": 1, "unit": "", "initial": 5,
                "enabled": True, "max_step_ratio": 0}
        return json.dumps({"token": pathlib.Path(self.pair.token).read_text(), "target": "gpu2", "group": "",
                           "process": 1, "version": "0", "knobs": [knob], **other})

    def test_certificates(self):
        """E2 an agent without certificate, of another CA, expired or with another name never reaches the node"""
        ours, other, door = self.pair.authority, Authority(self.folder / "other", "one"), ("127.0.0.1", 9480)
        for what, certificate, line in (
                ("none", None, "peer did not return a certificate"),
                ("foreign", other.of("one"), "unable to get local issuer"),
                ("expired", ours.expired(), "certificate has expired"),
                ("name", ours.wrong_name(), "Subject checks failed")):
            with self.subTest(what):
                folder = self.folder / what
                folder.mkdir()
                end = tunnel("agent", self.network.agent, folder, certificate, ours.ca, accept=f"{door[0]}:{door[1]}")
                self.addCleanup(end.close)
                agent = self.agent("gpu2", node=door)
                self.end.wait_for(line, since=self.end_mark)
                agent.wait_for("no node at 127.0.0.1:9480: .*; trying again")
                agent.stop()
                end.stop()
        self.assertNotIn("gpu2", self.node.text()[self.mark:])

    def test_token(self):
        """E2 an agent with a wrong token is refused, told so, and serves on"""
        agent = self.agent("gpu2", token=self.pair.secret("wrong", "0123456789abcdef"))
        self.refused("refused agent gpu2 of .*: its token is wrong")
        agent.wait_for("its token is wrong; trying again")
        self.assertEqual(agent.stop(), 0)

    def test_name(self):
        """E2 of two agents with one name, the older one stays, and the other one is told"""
        agent = self.agent("gpu1")
        self.refused("refused agent gpu1 of .*: another agent of this name is here")
        agent.wait_for("another agent of this name is here: give them different names; trying again")
        self.assertEqual(agent.stop(), 0)

    def test_version(self):
        """E2 an agent of another version is refused and told which the node speaks"""
        for version in (0, PROTOCOL_VERSION + 1, 99):
            self.stranger(version, self.hello()).wait_for(f"refused: this node speaks version {PROTOCOL_VERSION} of")
            self.refused(f"refused agent .*the agent version {version}: install the same")

    def test_enrolment(self):
        """E2 an enrolment that is none is refused, with what is wrong"""
        for text in ("", "{}", "[" * 100_000, self.hello(target="a b"), self.hello(target="x" * 100_000),
                     self.hello(process=-1), self.hello(knobs=[{}])):
            with self.subTest(text[:100]):
                mark = self.node.mark()
                self.stranger(PROTOCOL_VERSION, text).wait_for("^refused: .")
                self.node.wait_for("refused agent", since=mark)

    def test_mute(self):
        """E2 a target that answers nothing takes nothing from the others, and goes with its agent"""
        mute = self.stranger(PROTOCOL_VERSION, self.hello(target="mute"))
        mute.wait_for("enrolled with node")
        self.pair.wait_for_change(time.time())
        mute.kill()
        self.refused(r"\[mute\]: PARKED: its agent is gone")

    def test_foreign_bytes(self):
        """E2 plaintext never reaches the node; noise and enormous messages from a friend's machine end there"""
        plain = self.enterContext(self.network.agent.connect(TLS))
        plain.sendall(header(CLIENT_HANDSHAKE, 0))
        wait_for_end(plain)
        self.end.wait_for("SSL_accept: .*error", since=self.end_mark)
        for what, line in (
                (header(CLIENT_HANDSHAKE, 2 ** 31 - 1), "is refused: a message of 2147483647 bytes; at most 65536"),
                (bytes(range(256)), "is refused: "), (b"GET / HTTP/1.1\r\n\r\n" * 10, "is refused: "),
                (header(CLIENT_HANDSHAKE, 64) + b"\xff" * 64, "is refused: "),
                (b"half a header", "ended before it was one of ours")):
            with self.subTest(what[:40]):
                mark = self.node.mark()
                with self.network.agent.connect(NODE) as connection:
                    connection.sendall(what)
                    if "ended" not in line:
                        wait_for_end(connection)
                self.node.wait_for(f"a connection with 127.0.0.1:[1-9][0-9]* {line}", since=mark)

    def test_silent(self):
        """E2 fifty silent connections at each door are closed, and told of"""
        outside = [self.enterContext(self.network.agent.connect(TLS)) for _ in range(50)]
        inside = [self.enterContext(self.network.agent.connect(NODE)) for _ in range(50)]
        for connection in inside + outside:
            wait_for_end(connection)
        self.end.wait_for("TIMEOUTbusy exceeded", since=self.end_mark)
        self.assertEqual(self.node.text()[self.mark:].count(" is silent: closed"), 50)


if __name__ == "__main__":
    run_as_program(unittest.main)
