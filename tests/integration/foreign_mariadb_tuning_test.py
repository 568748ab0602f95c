"""A real MariaDB under sysbench, tuned by the program:
foreign_mariadb_tuning_test.py PROGRAM."""
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

from real_mariadb import MIB, PASSWORD, MariaDb
from real_server import Tuner, free_port, wait_for

PROGRAM = sys.argv.pop(1)
SMALL_MIB, ALL_MIB = 32, 256
CHANGES = 6


class RealMariaDb(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "server").mkdir()
        self.server = MariaDb(self.folder / "server", SMALL_MIB)
        self.addCleanup(self.server.stop)

    def put_on(self, *load):
        load = self.server.load(*load)
        self.addCleanup(lambda: (load.kill(), load.wait()))

    def write_config(self, knobs, variables, tuner, **target):
        """Knobs by name, and the variable and scale that each of them is."""
        secret = self.folder / "password"
        secret.write_text(PASSWORD + "\n")
        secret.chmod(0o600)
        effectors = [{
            "knob": knob, "kind": "mariadb", "scale": scale,
            "timeout_seconds": 5,
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
                "sensor": {"kind": "mariadb", "timeout_seconds": 0.9},
                "effectors": effectors, **target}]}))

    def start(self):
        tuner = Tuner(PROGRAM, self.config, self.folder / "log")
        self.addCleanup(lambda: tuner.process.poll() is None
                        and tuner.stop(signal.SIGKILL))
        self.addCleanup(lambda: print(tuner.said("")))
        return tuner

    def decisions(self, tuner):
        return json.loads(tuner.api("api/v1/history?target=db&limit=100"))

    def assert_nobody_can_read_the_password(self, tuner):
        seen = tuner.api("metrics") + tuner.api("api/v1/status") \
            + tuner.api("api/v1/history?target=db&limit=100")
        self.assertNotIn(PASSWORD, seen)
        for file in self.folder.iterdir():
            if file.is_file() and file.name != "password":
                self.assertNotIn(PASSWORD.encode(), file.read_bytes(), file)

    def test_the_buffer_pool_grows_to_the_knee(self):
        self.put_on("oltp_point_select", 2, "--rand-type=pareto")
        self.write_config(
            {"buffer_pool_mb": {
                "role": "cache_size", "min": SMALL_MIB, "max": 512, "step": 2}},
            {"buffer_pool_mb": ("innodb_buffer_pool_size", MIB)},
            {"tuning_interval_seconds": 2, "observation_window_seconds": 8,
             "cool_down_seconds": 1,
             "slo": {"cache_miss_ms": 0.1, "memory_workers_per_gib": 0.5},
             "watchdog": {"check_delay_seconds": 7, "max_extensions": 4}})
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
        second = self.start()
        wait_for(lambda: self.server.pool_mib() == SMALL_MIB)

        # The first changes bring it where more memory gains little.
        wait_for(lambda: second.said("info applier", 2 * CHANGES + 1), 150)
        self.assert_nobody_can_read_the_password(second)
        second.stop(signal.SIGTERM)
        self.assertFalse(second.said("by someone else"))
        tuned = self.server.pool_mib()
        rates = {tuned: 0, ALL_MIB: 0}
        for _ in range(4):
            for size in rates:
                self.server.resize(size)
                self.server.rate(1.5)
                rates[size] += self.server.rate(1.5)
        print(tuned, rates)
        self.assertGreater(tuned, SMALL_MIB)
        self.assertGreater(rates[tuned], 0.9 * rates[ALL_MIB])

    def test_group_commits_that_wait_for_nobody_are_rolled_back(self):
        self.put_on("oltp_update_index", 8)
        self.write_config(
            {"commits": {"role": "batch_size", "min": 0, "max": 64, "step": 1},
             "commit_wait_ms": {"role": "batch_timeout", "min": 0, "max": 20}},
            {"commits": ("binlog_commit_wait_count", 1),
             "commit_wait_ms": ("binlog_commit_wait_usec", 1000)},
            {}, scripted=[[12, {"commits": 64, "commit_wait_ms": 20}]])
        tuner = self.start()
        wait_for(lambda: tuner.said("ready; the target runs with"))
        before = self.server.rate(8)
        wait_for(lambda: tuner.said("change #1"))
        self.assertEqual(self.server.variable("binlog_commit_wait_count"), 64)
        self.assertEqual(
            self.server.variable("binlog_commit_wait_usec"), 20000)
        during = self.server.rate(1)
        wait_for(lambda: tuner.said("#1 rolled back"))
        after = self.server.rate(5)
        print(before, during, after)
        self.assertFalse(tuner.said("checked again"))
        self.assertEqual(self.server.variable("binlog_commit_wait_count"), 0)
        self.assertLess(during, 0.5 * before)
        self.assertGreater(after, 2 * during)


if __name__ == "__main__":
    unittest.main()
