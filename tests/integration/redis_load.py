"""Reads keys of a Redis by Zipf's law, and puts in what it misses, as a cache
before a database is used: redis_load.py PORT KEYS RATE_PER_S [SHIFT_AT_S].
Reconnects by itself. With SHIFT_AT_S the keys are others from then on."""
import bisect
import itertools
import random
import socket
import sys
import time

VALUE = b"x" * 1000


def command(*parts):
    parts = [p if isinstance(p, bytes) else str(p).encode() for p in parts]
    return b"*%d\r\n" % len(parts) + b"".join(
        b"$%d\r\n%s\r\n" % (len(p), p) for p in parts)


class Client:
    def __init__(self, port):
        self.port, self.file = port, None

    def ask(self, commands):
        if self.file is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), 2)
            self.file = self.socket.makefile("rb")
        self.socket.sendall(b"".join(commands))
        return [self.reply() for _ in commands]

    def reply(self):
        line = self.file.readline()
        if not line:
            raise OSError("closed")
        if line[:1] == b"$" and line != b"$-1\r\n":
            return self.file.read(int(line[1:]) + 2)
        return None if line == b"$-1\r\n" else line


def main():
    port, keys, rate = (int(x) for x in sys.argv[1:4])
    shift_at = float(sys.argv[4]) if len(sys.argv) > 4 else float("inf")
    weights = list(itertools.accumulate(1 / (i + 1) ** 0.8 for i in range(keys)))
    lot, began, client, batch = random.Random(1), time.monotonic(), None, 50
    for turn in itertools.count():
        due = began + turn * batch / rate
        time.sleep(max(0, due - time.monotonic()))
        name = "b" if due - began >= shift_at else "a"
        wanted = [
            f"{name}{bisect.bisect(weights, lot.random() * weights[-1])}"
            for _ in range(batch)]
        try:
            client = client or Client(port)
            found = client.ask([command("GET", x) for x in wanted])
            missed = [x for x, y in zip(wanted, found) if y is None]
            if missed:
                client.ask([command("SET", x, VALUE) for x in missed])
        except OSError:
            client = None
            time.sleep(0.2)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
