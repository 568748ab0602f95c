"""What tests that tune real servers by the program share."""
import json
import os
import pathlib
import socket
import subprocess
import time
import urllib.request


def free_port():
    with socket.socket() as x:
        x.bind(("127.0.0.1", 0))
        return x.getsockname()[1]


def wait_for(what, seconds=60):
    """Asks until there is an answer, and returns it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answer := what():
            return answer
        time.sleep(0.05)
    raise AssertionError("waited in vain")


class Tuner:
    """One run of the program; runs that follow each other share a log."""

    def __init__(self, program, config, log):
        pathlib.Path(log).touch()
        self.path, self.log = log, open(log, "ab")
        self.began = os.path.getsize(log)
        self.http = json.loads(pathlib.Path(config).read_text())["admin"]["port"]
        self.process = subprocess.Popen(
            [program, "run", "--config", config], stdout=self.log,
            stderr=self.log)

    def said(self, text, times=1):
        lines = pathlib.Path(self.path).read_bytes()[self.began:].decode()
        return lines if lines.count(text) >= times else None

    def silent_for(self):
        """Seconds since it logged anything."""
        return time.time() - os.path.getmtime(self.path)

    def api(self, path):
        with urllib.request.urlopen(
                f"http://127.0.0.1:{self.http}/{path}", timeout=10) as x:
            return x.read().decode()

    def stop(self, how):
        self.process.send_signal(how)
        self.process.wait(30)
        self.log.close()
