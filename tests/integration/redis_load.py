"""Reads keys of a Redis by Zipf's law, and puts in what it misses, as a cache
before a database is used: redis_load.py PORT RATE_PER_S KEYS EXPONENT [KEYS
EXPONENT]. Reconnects by itself. At SIGUSR1 it goes over to other keys, as the
last two say."""
import itertools
import random
import signal
import socket
import sys
import time

VALUE = b"x" * 1000
BATCH = 50
BEHIND_MAX_S = 0.5  # What is later is left out.


def weights(keys, exponent):
    """How often each key is asked for, relative to the first one."""
    return [1 / (i + 1) ** exponent for i in range(keys)]


def command(*parts):
    return b"*%d\r\n" % len(parts) + b"".join(
        b"$%d\r\n%s\r\n" % (len(p), p) for p in parts)


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 60)
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    def ask(self, commands):
        self.socket.sendall(b"".join(commands))
        return [self.reply() for _ in commands]

    def reply(self):
        line = self.file.readline()
        if not line:
            raise OSError("closed")
        if line[:1] == b"$" and line != b"$-1\r\n":
            return self.file.read(int(line[1:]) + 2)
        return None if line == b"$-1\r\n" else line


class Keys:
    def __init__(self, prefix, keys, exponent):
        self.names = [b"%s%d" % (prefix, i) for i in range(keys)]
        self.sums = list(itertools.accumulate(weights(keys, exponent)))

    def some(self, lot):
        return lot.choices(self.names, cum_weights=self.sums, k=BATCH)


def read_through(client, wanted):
    found = client.ask([command(b"GET", x) for x in wanted])
    missed = [x for x, y in zip(wanted, found) if y is None]
    if missed:
        client.ask([command(b"SET", x, VALUE) for x in missed])


def main():
    port, rate, *laws = sys.argv[1:]
    rate = float(rate)
    sets = [
        Keys(prefix, int(keys), float(exponent)) for prefix, keys, exponent
        in zip((b"a", b"b"), laws[::2], laws[1::2])]
    signal.signal(signal.SIGUSR1, lambda *_: sets.reverse())
    lot, due, client = random.Random(1), time.monotonic(), None
    while True:
        due = max(due + BATCH / rate, time.monotonic() - BEHIND_MAX_S)
        time.sleep(max(0, due - time.monotonic()))
        try:
            client = client or Client(int(port))
            read_through(client, sets[0].some(lot))
        except OSError:
            client = None
            time.sleep(0.2)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
