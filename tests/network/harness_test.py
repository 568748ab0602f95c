"""The harness of the network tests does what it says.

    python3 harness_test.py
"""
import contextlib
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import time
import unittest

from cases import WithNetwork, setUpModule  # The latter is called by unittest.
from certificates import Authority
from netns import Network, wait_until
from processes import Process

LOT = 100  # Fewer than a socket keeps.
LIVES_ON = """
from netns import Network
from processes import Process
with Network() as network:
    print(Process(network.agent, "/dev/null", "sleep", "600").popen.pid, flush=True)
    input()
"""


class Cable(WithNetwork):
    """The faults themselves, measured by datagrams with a clock that both ends share."""

    def setUp(self):
        super().setUp()
        self.sockets = []
        for end, address in self.network.ends():
            made = self.enterContext(end.socket(socket.SOCK_DGRAM, (address, 5000)))
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            self.sockets.append(made)
        self.directions = ((self.sockets[0], self.sockets[1]), (self.sockets[1], self.sockets[0]))

    def one_way_ms(self, sender, receiver):
        taken = []
        for _ in range(20):
            sender.sendto(repr(time.monotonic()).encode(), receiver.getsockname())
            said = float(receiver.recv(100))
            taken.append((time.monotonic() - said) * 1e3)
        return taken

    def lost(self, sender, receiver, count):
        """@returns the ratio of datagrams that don't arrive, over a path without delay."""
        arrived = 0
        for first in range(0, count, LOT):
            for _ in range(LOT):
                sender.sendto(b"x", receiver.getsockname())
            arrived += self.arrived_before_the_end(sender, receiver, b"end %d" % first)
        return 1 - arrived / count

    def arrived_before_the_end(self, sender, receiver, end):
        """None overtakes another: once the end is there, what is not has been lost. The end may be lost, too."""
        receiver.settimeout(0.05)
        sender.sendto(end, receiver.getsockname())
        arrived = 0
        while True:
            try:
                said = receiver.recv(100)
            except TimeoutError:
                sender.sendto(end, receiver.getsockname())
                continue
            if said == end:
                return arrived
            arrived += said == b"x"

    def test_delay(self):
        """E2 a slow cable takes 100 ms in each direction, and no more once it is fast again"""
        for name, (sender, receiver) in zip(("to the agent", "to the node"), self.directions):
            with self.network.slow(100):
                slow = self.one_way_ms(sender, receiver)
            fast = self.one_way_ms(sender, receiver)
            print(f"{name}: {min(slow):.1f} to {max(slow):.1f} ms slow, median {statistics.median(slow):.1f} ms, "
                  f"{statistics.median(fast):.3f} ms fast")
            # What a busy machine adds is not the cable's: some come when they should.
            self.assertGreaterEqual(min(slow), 100)
            self.assertLess(min(slow), 110)
            self.assertLess(min(fast), 5)

    def test_loss(self):
        """E2 a losing cable loses 5 % in each direction, and nothing else does"""
        for name, (sender, receiver) in zip(("to the agent", "to the node"), self.directions):
            with self.network.losing(0.05):
                ratio = self.lost(sender, receiver, 10_000)
            print(f"{name}: {ratio:.2%} lost")
            self.assertAlmostEqual(ratio, 0.05, delta=0.01)  # 4.6 standard deviations
            self.assertEqual(self.lost(sender, receiver, 10_000), 0)

    def test_separate(self):
        """E2 a namespace reaches the other end, and not this machine's own network"""
        with socket.create_server(("127.0.0.1", 0)) as here:
            self.assertRaises(ConnectionRefusedError, self.network.node.connect, here.getsockname())
        with self.network.pulled(), self.assertRaises(OSError):
            self.network.agent.connect((Network.node_address, 5000))


class Harness(WithNetwork):
    def test_process(self):
        """E2 a process is waited for, paused, and told to end; its processor time is known"""
        said = Process(self.network.agent, self.folder / "log", "sh", "-c", "echo ready; while :; do :; done")
        self.addCleanup(said.close)
        said.wait_for("^ready$")
        wait_until("it uses processor time", lambda: said.cpu_seconds() > 0.05)
        said.pause()
        self.assertEqual(pathlib.Path(f"/proc/{said.popen.pid}/stat").read_text().split()[2], "T")
        said.resume()
        self.assertEqual(said.stop(), -signal.SIGTERM)
        with self.assertRaisesRegex(AssertionError, "ended with"):
            said.wait_for("never said")

    def test_deadline(self):
        """E2 a line that does not come is missed after a deadline, with the end of the log"""
        said = Process(self.network.agent, self.folder / "log", "sh", "-c", "echo ready; exec sleep 60")
        self.addCleanup(said.close)
        said.wait_for("ready")
        with self.assertRaisesRegex(AssertionError, "never said(.|\n)*ready"):
            said.wait_for("never said", seconds=0.1)

    def test_nothing_stays(self):
        """E2 when a test is killed, its processes end and its namespaces go"""
        with subprocess.Popen([sys.executable, "-B", "-c", LIVES_ON], cwd=pathlib.Path(__file__).parent,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as victim:
            pid = int(victim.stdout.readline())
            self.assertTrue(pathlib.Path(f"/proc/{pid}").exists())
            victim.kill()
            wait_until("its process is gone", lambda: not pathlib.Path(f"/proc/{pid}").exists())

    def test_no_overwriting(self):
        """E2 make_test_ca overwrites nothing, and says so"""
        authority = Authority(self.folder / "ca", "one")
        before = authority.ca.read_bytes()
        with self.assertRaisesRegex(AssertionError, "exists and is not overwritten"):
            Authority(self.folder / "ca", "one")
        self.assertEqual(authority.ca.read_bytes(), before)
        with self.assertRaisesRegex(AssertionError, "agent 'a/b': allowed are"):
            Authority(self.folder / "new", "a/b")


if __name__ == "__main__":
    unittest.main(verbosity=2)
