"""A real Redis, tuned by the program: foreign_tuning_test.py PROGRAM."""
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

from real_server import Tuner, free_port, wait_for

HERE = pathlib.Path(__file__).parent
PROGRAM = sys.argv.pop(1)
PASSWORD = "horse-battery-staple-7"
MIB = 1 << 20


class Redis:
    def __init__(self, folder):
        self.port, self.folder = free_port(), folder
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1",
             "--save", "", "--maxmemory", "8mb", "--dir", self.folder,
             "--maxmemory-policy", "allkeys-lru"],
            stdout=subprocess.DEVNULL)
        wait_for(lambda: self.ask("PING") == "PONG")
        # So that who puts load on it needs none.
        self.ask("ACL", "SETUSER", "tuner", "on", ">" + PASSWORD, "+config",
                 "+info", "+latency", "~*")

    def ask(self, *words):
        done = subprocess.run(
            ["redis-cli", "-p", str(self.port), *words], capture_output=True,
            text=True)
        return done.stdout.strip()

    def mib(self):
        return int(self.ask("CONFIG", "GET", "maxmemory").split()[-1]) / MIB

    def stop(self):
        self.process.kill()
        self.process.wait()


class RealRedis(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.redis = Redis(folder.name)
        self.addCleanup(lambda: self.redis.stop())
        load = subprocess.Popen(
            [sys.executable, "-B", HERE / "redis_load.py", str(self.redis.port),
             "40000", "3000"])
        self.addCleanup(lambda: (load.kill(), load.wait()))
        secret = self.folder / "password"
        secret.write_text(PASSWORD + "\n")
        secret.chmod(0o600)
        self.config = self.folder / "config.json"
        self.config.write_text(json.dumps({
            "tuner": {
                "enabled": True, "policy": "climb", "judge": "threshold",
                "tuning_interval_seconds": 2, "observation_window_seconds": 10,
                "cool_down_seconds": 1,
                "watchdog": {"check_delay_seconds": 4},
                "slo": {"cache_miss_ms": 0.2, "memory_workers_per_gib": 1}},
            "admin": {"port": free_port()},
            "journal": {"file": str(self.folder / "journal.db")},
            "targets": [{
                "name": "cache", "kind": "foreign", "restore_on_exit": True,
                "knobs": {"cache_size_mb": {
                    "role": "cache_size", "min": 4, "max": 128, "step": 1}},
                "sensor": {"kind": "redis"},
                "effectors": [{
                    "knob": "cache_size_mb", "kind": "redis", "scale": MIB,
                    "redis": {
                        "address": f"127.0.0.1:{self.redis.port}",
                        "user": "tuner", "password_file": str(secret)}}]}]}))

    def start(self):
        tuner = Tuner(PROGRAM, self.config, self.folder / "log")
        self.addCleanup(lambda: tuner.process.poll() is None
                        and tuner.stop(signal.SIGKILL))
        return tuner

    def test_it_is_tuned_and_everything_is_undone(self):
        probe = subprocess.run(
            [PROGRAM, "probe", "--config", self.config], capture_output=True,
            text=True)
        self.assertEqual(probe.returncode, 0, probe.stdout + probe.stderr)
        self.assertIn("cache_size_mb is 8, and would be written", probe.stdout)
        self.assertIn("hit ratio", probe.stdout)
        self.assertEqual(self.redis.mib(), 8)

        # Killed in a trial, what it tried is undone by its successor.
        first = self.start()
        wait_for(lambda: first.said("change #1: cache_size_mb 8 -> "))
        self.assertGreater(self.redis.mib(), 8)
        first.stop(signal.SIGKILL)
        self.assertGreater(self.redis.mib(), 8)
        second = self.start()
        wait_for(lambda: self.redis.mib() == 8)
        self.assertFalse(second.said("by someone else"))

        # Kept settings are what the server has, the API and the metrics say.
        wait_for(lambda: second.said(" kept: "), 90)
        grown = wait_for(lambda: self.redis.mib())
        self.assertGreater(grown, 8)

        # A server that is started anew is told them again, and tuned on.
        self.redis.stop()
        wait_for(lambda: second.said("no sample from the target"))
        self.redis.start()
        wait_for(lambda: second.said("the host was started anew"))
        wait_for(lambda: self.redis.mib() > 8)
        changes = second.said("").count("change #")
        wait_for(lambda: second.said("change #", changes + 1), 90)
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
