"""A real MariaDB under sysbench, tuned by the program:
foreign_mariadb_tuning_test.py PROGRAM."""
import json
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import unittest

from real_mariadb import MIB, PASSWORD, MariaDb, Meter, processor_seconds
from real_server import Tuner, free_port, wait_for

PROGRAM = sys.argv.pop(1)
SMALL_MIB, ALL_MIB = 32, 256


class RealMariaDb(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.server = MariaDb(folder.name, SMALL_MIB)
        cls.addClassCleanup(cls.server.stop)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def put_on(self, *load):
        load = self.server.load(*load)
        self.addCleanup(lambda: (load.kill(), load.wait()))
        return load

    def write_config(self, knobs, variables, tuner, **target):
        """Knobs by name, and the variable and scale that each of them is."""
        secret = self.folder / "password"
        secret.write_text(PASSWORD + "\n")
        secret.chmod(0o600)
        effectors = [{
            "knob": knob, "kind": "mariadb", "scale": scale,
            "timeout_seconds": 20,
            "mariadb": {
                "address": self.server.socket, "user": "tuner",
                "password_file": str(secret), "variable": variable}}
            for knob, (variable, scale) in variables.items()]
        self.config = self.folder / "config.json"
        self.config.write_text(json.dumps({
            "tuner": {"enabled": True, "policy": "climb", **tuner},
            "admin": {"port": free_port()},
            "journal": {"file": str(self.folder / "journal.db")},
            "targets": [{
                "name": "db", "kind": "foreign", "knobs": knobs,
                "sensor": {"kind": "mariadb", "timeout_seconds": 20},
                "effectors": effectors, **target}]}))

    def start(self):
        tuner = Tuner(PROGRAM, self.config, self.folder / "log")
        self.addCleanup(lambda: tuner.process.poll() is None
                        and tuner.stop(signal.SIGKILL))
        return tuner

    def assert_nobody_can_read_the_password(self, tuner):
        seen = tuner.api("metrics") + tuner.api("api/v1/status") \
            + tuner.api("api/v1/history?target=db&limit=100")
        self.assertIn("buffer_pool_mb", seen)
        self.assertNotIn(PASSWORD, seen)
        for file in self.folder.iterdir():
            if file.name != "password":
                self.assertNotIn(PASSWORD.encode(), file.read_bytes(), file)

    def throughput(self, load, mib):
        """Of a pool of this size. Server and load use all the processor time
        there is, so what is answered per second of theirs is throughput, also
        where others use the machine."""
        self.server.resize(mib)
        time.sleep(1)
        return self.server.rate(
            1, lambda: processor_seconds(load, self.server.process))

    def write_pool_config(self, check_delay_seconds):
        # A machine that others use as well is noisy.
        self.write_config(
            {"buffer_pool_mb": {
                "role": "cache_size", "min": SMALL_MIB, "max": 512, "step": 2}},
            {"buffer_pool_mb": ("innodb_buffer_pool_size", MIB)},
            {"tuning_interval_seconds": 9, "observation_window_seconds": 8,
             "cool_down_seconds": 0.5,
             "slo": {"cache_miss_ms": 0.1, "memory_workers_per_gib": 0.5},
             "watchdog": {"check_delay_seconds": check_delay_seconds,
                          "max_extensions": 4, "degradation_threshold": 0.5}})

    def test_the_buffer_pool_grows_to_the_knee(self):
        load = self.put_on("oltp_point_select", 2, "--rand-type=pareto")
        self.write_pool_config(check_delay_seconds=3600)
        probe = subprocess.run(
            [PROGRAM, "probe", "--config", self.config], capture_output=True,
            text=True)
        self.assertEqual(probe.returncode, 0, probe.stdout + probe.stderr)
        self.assertIn(
            f"buffer_pool_mb is {SMALL_MIB}, and would be written",
            probe.stdout)
        self.assertIn("hit ratio", probe.stdout)
        self.assertEqual(self.server.pool_mib(), SMALL_MIB)

        # Killed in a trial, what it tried is undone by its successor.
        first = self.start()
        wait_for(lambda: first.said(f"change #1: buffer_pool_mb {SMALL_MIB} ->"))
        self.assertGreater(self.server.pool_mib(), SMALL_MIB)
        first.stop(signal.SIGKILL)
        self.assertGreater(self.server.pool_mib(), SMALL_MIB)
        self.write_pool_config(check_delay_seconds=7)
        second = self.start()
        wait_for(lambda: self.server.pool_mib() == SMALL_MIB)

        # Six changes later, or when it rests earlier, more memory gains little:
        # the knee gives less than a pool that holds everything.
        wait_for(lambda: second.said("trial #7 ")
                 or second.silent_for() > 40, 600)
        self.assert_nobody_can_read_the_password(second)
        second.stop(signal.SIGTERM)
        tuned = self.server.pool_mib()
        self.assertTrue(
            second.said(f"the target keeps buffer_pool_mb={tuned:g}"))
        self.assertFalse(second.said("by someone else"))
        self.throughput(load, ALL_MIB)  # Fills it.
        pairs = [(self.throughput(load, tuned), self.throughput(load, ALL_MIB))
                 for _ in range(4)]
        log = f"{pairs}\n{second.said('')}"
        self.assertGreater(statistics.median(x / y for x, y in pairs), 0.9, log)
        best = statistics.median(y for _, y in pairs)
        self.assertLess(self.throughput(load, SMALL_MIB), 0.9 * best, log)

    def test_commits_that_wait_for_too_many_are_rolled_back(self):
        self.put_on("oltp_update_index", 8)
        self.write_config(
            {"commits": {"role": "batch_size", "min": 0, "max": 64, "step": 1},
             "commit_wait_ms": {"role": "batch_timeout", "min": 0, "max": 100}},
            {"commits": ("binlog_commit_wait_count", 1),
             "commit_wait_ms": ("binlog_commit_wait_usec", 1000)},
            {}, scripted=[[15, {"commits": 64, "commit_wait_ms": 50}]])
        meter = Meter(
            self.server, "binlog_commit_wait_count", "binlog_commit_wait_usec")
        self.addCleanup(meter.stop)
        tuner = self.start()
        wait_for(lambda: tuner.said(
            "change #1: commit_wait_ms 100 -> 50, commits 0 -> 64: scripted"))
        wait_for(lambda: tuner.said("trial #1 rolled_back: throughput is "))
        self.assertFalse(tuner.said("checked again"))  # By the first check.
        old, tried = [0, 100_000], [64, 50_000]

        def phases():  # Two variables don't change at the same instant.
            return [x for x in meter.phases() if x[0] in (old, tried)]

        # Where the machine is noisy, by way of a switchback.
        wait_for(lambda: len(phases()) >= 3 and phases()[-1][0] == old
                 and phases()[-1][1] > 3)
        print(phases())
        self.assertEqual(phases()[0][0], old)
        before, after = phases()[0][2], phases()[-1][2]
        during = max(x[2] for x in phases() if x[0] == tried)
        self.assertLess(during, before / 3)
        self.assertGreater(after, 3 * during)
        self.assertFalse(tuner.said("by someone else"))


if __name__ == "__main__":
    unittest.main()
