"""What tests that tune real servers by the program share."""
import contextlib
import itertools
import json
import os
import pathlib
import socket
import subprocess
import time
import urllib.request


PORTS = itertools.count(os.getpid() * 8)


def free_port():
    """One of loopback that nobody listened at a moment ago, and nobody else is
    given: the kernel gives away higher ones, other processes begin at others."""
    for number in PORTS:
        port = 10_000 + number % 22_000
        with socket.socket() as x, contextlib.suppress(OSError):
            x.bind(("127.0.0.1", port))
            return port


def wait_for(what, seconds=300):
    """Asks until there is an answer, and returns it. On an idle machine that is
    soon; the deadline is for what never comes."""
    until = time.monotonic() + seconds
    while True:
        if answer := what():
            return answer
        if time.monotonic() > until:
            raise AssertionError("waited in vain")
        time.sleep(0.05)


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
        lines = pathlib.Path(self.path).read_bytes()[self.began:].decode(
            errors="replace")  # A line may be half written.
        return lines if lines.count(text) >= times else None

    def silent_for(self):
        """Seconds since it logged anything."""
        return time.time() - os.path.getmtime(self.path)

    def api(self, path):
        with urllib.request.urlopen(
                f"http://127.0.0.1:{self.http}/{path}", timeout=60) as x:
            return x.read().decode()

    def stop(self, how):
        self.process.send_signal(how)
        self.process.wait(120)
        self.log.close()
