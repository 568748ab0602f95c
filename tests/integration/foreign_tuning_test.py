"""A real Redis, tuned by the program: foreign_tuning_test.py PROGRAM."""
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

from real_redis import MIB, PASSWORD, Redis, write_config
from real_server import Tuner, wait_for

PROGRAM = sys.argv.pop(1)


class RealRedis(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.redis = Redis(folder.name)
        self.addCleanup(lambda: self.redis.stop())
        load = self.redis.load(3000, 40000, 0.8)
        self.addCleanup(lambda: (load.kill(), load.wait()))

    def start(self, check_delay_seconds=4):
        # Noise of microseconds within Redis is no harm.
        self.config = write_config(
            self.folder, self.redis,
            watchdog={"check_delay_seconds": check_delay_seconds},
            slo={"p95_latency_ms": 1, "cache_miss_ms": 0.2,
                 "memory_workers_per_gib": 1})
        tuner = Tuner(PROGRAM, self.config, self.folder / "log")
        self.addCleanup(lambda: tuner.process.poll() is None
                        and tuner.stop(signal.SIGKILL))
        return tuner

    def test_it_is_tuned_and_everything_is_undone(self):
        probe = subprocess.run(
            [PROGRAM, "probe", "--config",
             write_config(self.folder, self.redis)], capture_output=True,
            text=True)
        self.assertEqual(probe.returncode, 0, probe.stdout + probe.stderr)
        self.assertIn("cache_size_mb is 8, and would be written", probe.stdout)
        self.assertIn("hit ratio", probe.stdout)
        self.assertEqual(self.redis.mib(), 8)

        # Killed in a trial, what it tried is undone by its successor.
        first = self.start(check_delay_seconds=3600)
        wait_for(lambda: first.said("change #1: cache_size_mb 8 -> "))
        self.assertGreater(self.redis.mib(), 8)
        first.stop(signal.SIGKILL)
        self.assertGreater(self.redis.mib(), 8)
        second = self.start()
        wait_for(lambda: self.redis.mib() == 8)
        self.assertFalse(second.said("by someone else"))

        # Kept settings are what the server has, the API and the metrics say.
        wait_for(lambda: second.said(" kept: "))
        grown = wait_for(lambda: self.redis.mib())
        self.assertGreater(grown, 8)

        # A server that is started anew is told them again, and tuned on.
        self.redis.stop()
        wait_for(lambda: second.said("no sample from the target"))
        self.redis.start()
        wait_for(lambda: second.said("the host was started anew"))
        wait_for(lambda: self.redis.mib() > 8)
        changes = second.said("").count("change #")
        wait_for(lambda: second.said("change #", changes + 1))
        self.assertFalse(second.said("by someone else"))

        # Nobody can read the password.
        seen = second.api("metrics") + second.api("api/v1/status") \
            + second.api("api/v1/history?target=cache&limit=100")
        self.assertIn("cache_size_mb", seen)
        second.stop(signal.SIGTERM)
        self.assertNotIn(PASSWORD, seen)
        for file in self.folder.iterdir():
            if file.name != "password":
                self.assertNotIn(PASSWORD.encode(), file.read_bytes(), file)

        # The server is left as it was found.
        self.redis.ask("CONFIG", "SET", "maxmemory", str(7 * MIB))
        third = self.start()
        wait_for(lambda: third.said("ready; the target runs with"))
        wait_for(lambda: self.redis.mib() > 7)
        third.stop(signal.SIGTERM)
        self.assertEqual(self.redis.mib(), 7)


if __name__ == "__main__":
    unittest.main()
