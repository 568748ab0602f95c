"""Node and agent on two machines, through stunnel as we ship it: each dies, stands still, or is cut off in the midst of
a trial. The host is back at what was confirmed in time, it serves all along, the two find each other again, and no trial
counts twice.

    python3 faults_test.py PROGRAM
    AUTO_TUNER_FAULTS=full python3 faults_test.py PROGRAM   # half an hour; or a number of faults of each kind
"""
import collections
import contextlib
import itertools
import os
import random
import re
import statistics
import time
import unittest

from cases import WithNetwork, setUpModule  # The latter is called by unittest.
from netns import wait_until
from pair import EVER_TRYING, Pair, run_as_program, unix_seconds
from watch import Watch, first_confirmed

FULL = {"node": 50, "agent": 50, "cable": 20, "stop": 20, "slow_seconds": 300}
QUICK = {"node": 3, "agent": 3, "cable": 3, "stop": 3, "slow_seconds": 10}
LEASE_SECONDS = EVER_TRYING["lease_seconds"]
# A window must hold samples that take half a second or more, and the lease the pauses of a link that loses.
PATIENT = {**EVER_TRYING, "observation_window_seconds": 3, "lease_seconds": 10, "watchdog": {"check_delay_seconds": 4}}
def wanted(asked):
    """@returns how many faults of each kind."""
    if asked.isdecimal():
        return {**dict.fromkeys(FULL, int(asked)), "slow_seconds": 5 * int(asked)}
    return FULL if asked == "full" else QUICK


ASKED = os.environ.get("AUTO_TUNER_FAULTS", "")
WANTED = wanted(ASKED)
# A machine that is busy with other tests is late. Measured by hand, there are no others.
LATE_SECONDS = 1 if ASKED else 10
BACK_SECONDS, FOUND_SECONDS = LEASE_SECONDS + LATE_SECONDS, 4 + LATE_SECONDS


def told(what, seconds):
    seconds = sorted(seconds)
    if not seconds:
        return f"{what}: none"
    return f"{what}: {len(seconds)}, median {statistics.median(seconds):.2f} s, longest {seconds[-1]:.2f} s"


class Faults(WithNetwork):
    def setUp(self):
        super().setUp()
        self.random = random.Random()
        self.faults = []

    def pair_with(self, **more):
        self.pair = Pair(self.network, self.folder, self.enterContext(contextlib.ExitStack()), **more)
        self.watch = self.enterContext(Watch(self.pair))
        self.pair.node.wait_for("trial #[0-9]+ kept")  # From now on there is something to lose.

    def fault(self, begin, end, longest_seconds, host_too=False):
        """Has something fail at a random moment of a trial, or soon after it, for a while; the first one surely in a
        trial, and until the host has to be back without the others' help.

        @param host_too  The host itself stands still meanwhile: only afterwards it can go back.
        """
        self.pair.wait_for_change(time.time())
        time.sleep(self.random.uniform(0, 2.5 if self.faults else 1.5))
        began = time.time()
        begin()
        first_seconds = longest_seconds if host_too else BACK_SECONDS + 1
        time.sleep(self.random.uniform(0, longest_seconds) if self.faults else first_seconds)
        ended = time.time()
        end()
        self.pair.wait_for_change(ended)
        self.faults.append((began, ended, ended if host_too else began))

    def enrolled(self):
        """@returns when the agent was let in, each time."""
        return [unix_seconds(x) for x in re.findall(r"^(\S+) .* enrolled gpu1 ", self.pair.node.text(), re.M)]

    def check(self):
        """Judges all the faults there were."""
        history, enrolled, back, found = self.pair.history(), self.enrolled(), [], []
        for (began, ended, since), following in itertools.zip_longest(self.faults, self.faults[1:]):
            at = first_confirmed(self.watch.seen, history, since)
            self.assertIsNotNone(at, "the host never ran with what was confirmed")
            back.append(at - since)
            until = following[0] if following else time.time()
            again = [x for x in enrolled if began < x < until]
            # Before the fault was over counts as at once; after the first time, it was another matter.
            found += [x - ended for x in again if x >= ended][:1] or [0 for _ in again][:1]
        print(f"{len(self.faults)} faults; " + told("host back", back) + "; " + told("found again", found))
        self.assertLessEqual(max(back), BACK_SECONDS)
        self.assertLessEqual(max(found, default=0), FOUND_SECONDS)
        self.counted_once(history)
        self.served()

    def counted_once(self, history):
        """Each trial has one number, one start and at most one end, in all the lives of the node."""
        text = self.pair.node.text()
        changes = re.findall(r"change #(\d+):", text)
        ends = re.findall(r"trial #(\d+) (kept|rolled_back|inconclusive)", text)
        self.assertEqual(len(set(changes)), len(changes))
        self.assertEqual(len({number for number, _ in ends}), len(ends))
        self.assertEqual([x["id"] for x in history], sorted({x["id"] for x in history}))
        by_number = {str(x["id"]): x["verdict"] for x in history}
        self.assertLessEqual(set(changes), set(by_number))
        self.assertEqual({number: by_number[number] for number, _ in ends}, dict(ends))
        verdicts = collections.Counter(x["verdict"] for x in history)
        print(f"{len(history)} trials: " + ", ".join(f"{n} {verdict}" for verdict, n in sorted(verdicts.items())))

    def served(self):
        """No request failed, and of what came in, all is answered but for what a killed host had in its hands."""
        self.assertEqual(self.pair.agent.stop(), 0)
        completed, failed, offered = self.pair.traffic()
        print(f"{completed} completed, {failed} failed of {offered} requests")
        self.assertEqual(failed, 0)
        self.assertGreater(completed, 0.99 * offered)


class Killed(Faults):
    def test_node(self):
        """E2 a node that is killed leaves the host at what was confirmed, and goes on where it was"""
        self.pair_with()
        for _ in range(WANTED["node"]):
            self.fault(self.pair.node.kill, self.pair.node.start, LEASE_SECONDS + 2)
        self.check()

    def test_agent(self):
        """E2 a host that is killed starts again with what was confirmed"""
        self.pair_with()
        for _ in range(WANTED["agent"]):
            self.fault(self.pair.agent.kill, self.pair.agent.start, 3, host_too=True)
        self.check()


class CutOff(Faults):
    def test_cable(self):
        """E2 with the cable out, the host goes back to what was confirmed and serves on"""
        self.pair_with()
        for n in range(WANTED["cable"]):
            with contextlib.ExitStack() as out:
                pulled = self.network.pulled("node" if n % 2 else "agent")
                self.fault(lambda: out.enter_context(pulled), out.close, LEASE_SECONDS + 2)
        self.check()

    def test_stopped(self):
        """E2 a node or an agent that stands still for a while is given up, and found again"""
        self.pair_with()
        for n in range(WANTED["stop"]):
            who = self.pair.agent if n % 2 else self.pair.node
            self.fault(who.pause, who.resume, LEASE_SECONDS + 2, host_too=who is self.pair.agent)
        self.check()

    def test_all_stopped(self):
        """E2 a machine that stands still, with all that is on it, loses no peer by it"""
        self.pair_with(link={"heartbeat_seconds": 0.3, "silence_seconds": 5})
        for who in (self.pair.agent, self.pair.node):
            who.pause()
        time.sleep(8)
        for who in (self.pair.agent, self.pair.node):
            who.resume()
        self.pair.wait_for_change(time.time())
        time.sleep(6)  # Whoever counts that time as silence says so by now.
        self.assertEqual(len(self.enrolled()), 1)
        for who in (self.pair.agent, self.pair.node):
            self.assertNotIn("is silent", who.text())
        self.counted_once(self.pair.history())
        self.served()


class Slow(Faults):
    def test_slow_and_losing(self):
        """E2 at 100 ms each way and 5 % loss, tuning goes on, also of a host that comes anew"""
        self.pair_with(link={"heartbeat_seconds": 5, "silence_seconds": 20}, tuner=PATIENT)
        began = time.time()
        with self.network.slow(100), self.network.losing(0.05):
            self.pair.agent.kill()
            self.pair.agent.start()
            self.pair.agent.wait_for("enrolled as gpu1")
            print(f"enrolled after {time.time() - began:.1f} s", end="; ")
            while time.time() < began + WANTED["slow_seconds"]:
                self.pair.wait_for_change(time.time())
            ended = time.time()
        print(f"in {ended - began:.0f} s {self.pair.node.text().count('PARKED')} times parked", end="; ")
        self.pair.wait_for_change(ended)
        self.assertLessEqual(max(self.enrolled()) - ended, FOUND_SECONDS)
        self.counted_once(self.pair.history())
        self.served()


if __name__ == "__main__":
    run_as_program(unittest.main)
