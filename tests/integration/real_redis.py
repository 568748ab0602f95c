"""A real Redis for tests, on a port of loopback, what puts load on it and what
tunes it."""
import json
import pathlib
import subprocess
import sys

from real_server import free_port, wait_for

HERE = pathlib.Path(__file__).parent
PASSWORD = "horse-battery-staple-7"
MIB = 1 << 20


class Redis:
    def __init__(self, folder, maxmemory_mib=8):
        self.port, self.folder = free_port(), folder
        self.maxmemory_mib = maxmemory_mib
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1",
             "--save", "", "--maxmemory", f"{self.maxmemory_mib}mb",
             "--dir", self.folder, "--maxmemory-policy", "allkeys-lru"],
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

    def info(self, name):
        for line in self.ask("INFO", "ALL").splitlines():
            if line.startswith(name + ":"):
                return float(line.split(":")[1])
        raise KeyError(name)

    def mib(self):
        return int(self.ask("CONFIG", "GET", "maxmemory").split()[-1]) / MIB

    def load(self, *arguments):
        """Starts redis_load.py with these after the port. @returns it, once
        something comes of it."""
        before = self.accesses()
        started = subprocess.Popen(
            [sys.executable, "-B", HERE / "redis_load.py", str(self.port),
             *map(str, arguments)])
        wait_for(lambda: self.accesses() > before)
        return started

    def accesses(self):
        return self.info("keyspace_hits") + self.info("keyspace_misses")

    def stop(self):
        self.process.kill()
        self.process.wait()


def write_config(folder, redis, **tuner):
    """Writes a config that tunes `redis`, with these keys of `tuner` too.
    @returns its path."""
    secret = folder / "password"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    config = folder / "config.json"
    config.write_text(json.dumps({
        "tuner": {
            "enabled": True, "policy": "climb", "tuning_interval_seconds": 2,
            "observation_window_seconds": 10, "cool_down_seconds": 1,
            "watchdog": {"check_delay_seconds": 4}, **tuner},
        "admin": {"port": free_port()},
        "journal": {"file": str(folder / "journal.db")},
        "targets": [{
            "name": "cache", "kind": "foreign", "restore_on_exit": True,
            "knobs": {"cache_size_mb": {
                "role": "cache_size", "min": 4, "max": 128, "step": 0.5}},
            "sensor": {"kind": "redis", "timeout_seconds": 20},
            "effectors": [{
                "knob": "cache_size_mb", "kind": "redis", "scale": MIB,
                "timeout_seconds": 20,
                "redis": {
                    "address": f"127.0.0.1:{redis.port}", "user": "tuner",
                    "password_file": str(secret)}}]}]}))
    return config
