"""A real Redis that the program sizes to where the next MiB no longer pays:
foreign_knee_test.py PROGRAM."""
import pathlib
import re
import signal
import sys
import tempfile
import time
import unittest

from real_redis import Redis, write_config
from real_server import Tuner, wait_for
from redis_knee import Knee, Storage

PROGRAM = sys.argv.pop(1)
RATE = 10000
FEW = 20000, 1.0
MANY = 40000, 0.7  # And asked for more evenly.
# Within Redis, 1 ms is long. A miss costs a database 0.2 ms.
SLO = {"p95_latency_ms": 1, "cache_miss_ms": 0.2, "memory_workers_per_gib": 20}
NEAR = 1.1
IN_A_ROW = 4  # One that passes by is not so often near it.


def rate_between(since, until):
    return (until[1] - since[1]) / max(until[0] - since[0], 1e-3)


class Sized(unittest.TestCase):
    def start(self, size_mib):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.redis = Redis(folder.name, 256)
        self.addCleanup(lambda: self.redis.stop())
        self.storage = Storage(self.redis)
        self.redis.ask("CONFIG", "SET", "maxmemory", f"{size_mib}mb")
        self.load = self.redis.load(RATE, *FEW, *MANY)
        self.addCleanup(lambda: (self.load.kill(), self.load.wait()))
        # A busy machine has less load than asked for, and the same knee where
        # memory costs less, too.
        self.slo = dict(SLO)
        self.slo["memory_workers_per_gib"] *= self.rate() / RATE
        folder = pathlib.Path(folder.name)
        config = write_config(
            folder, self.redis, tuning_interval_seconds=1,
            watchdog={"check_delay_seconds": 3}, slo=self.slo)
        self.tuner = Tuner(PROGRAM, config, folder / "log")
        self.addCleanup(lambda: self.tuner.stop(signal.SIGKILL))

    def sizes(self):
        """Those that were tried and kept, in MiB."""
        log = self.tuner.said("")
        tried = dict(re.findall(
            r"change #(\d+): cache_size_mb \S+ -> ([\d.]+)", log))
        return [float(tried[x]) for x in re.findall(r"trial #(\d+) kept", log)]

    def rests(self):
        since = self.tuner.said("").rpartition("trial #")[2]
        return since.count("nothing to gain by a step") >= 5

    def mark(self):
        return time.monotonic(), self.redis.accesses()

    def rate(self):
        began, before = self.mark()
        wait_for(lambda: self.redis.accesses() > before + 2 * RATE)
        return rate_between((began, before), self.mark())

    def knee(self, law, rate):
        return Knee(self.storage, *law, self.slo, rate)

    def assert_it_comes_to_the_knee_of(self, law, from_mib):
        done, marks, ratios = len(self.sizes()), [self.mark()], []
        knee = self.knee(law, self.rate())
        self.assertGreater(knee.ratio(from_mib), NEAR)

        def is_near():
            kept = self.sizes()[done:]
            if len(kept) < len(marks) and not (kept and self.rests()):
                return False
            marks.extend([self.mark()] * (1 + len(kept) - len(marks)))
            # By the load that there was.
            since = marks[max(0, len(marks) - 1 - IN_A_ROW)]
            knee = self.knee(law, rate_between(since, self.mark()))
            ratios[:] = map(knee.ratio, kept)
            lately = ratios[-IN_A_ROW:]
            return self.rests() and lately[-1] < NEAR \
                or len(lately) == IN_A_ROW and all(x < NEAR for x in lately)

        try:
            wait_for(is_near, 600)
        finally:
            print([(x, round(y, 3)) for x, y in zip(self.sizes()[done:], ratios)])

    def test_from_small_and_after_a_shift_of_the_working_set(self):
        self.start(4)
        self.assert_it_comes_to_the_knee_of(FEW, 4)
        # A shift in the midst of a trial is taken for the trial's doing.
        wait_for(self.rests)
        knee_mib = self.sizes()[-1]
        self.load.send_signal(signal.SIGUSR1)
        self.assert_it_comes_to_the_knee_of(MANY, knee_mib)

    def test_from_large(self):
        self.start(64)
        self.assert_it_comes_to_the_knee_of(FEW, 64)


if __name__ == "__main__":
    unittest.main()
