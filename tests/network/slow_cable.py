"""Carries packets between a TUN interface in one network namespace and one in another, late.

    slow_cable.py INTERFACE DELAY_MS NAMESPACE_FD NAMESPACE_FD    until its standard input is closed
"""
import collections
import ctypes
import fcntl
import os
import select
import struct
import subprocess
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI, CLONE_NEWNET = 0x400454CA, 0x0001, 0x1000, 0x40000000
PACKET_BYTES = 65536


def tun(name, namespace):
    """@returns an interface, up, in a namespace: what is read from it has been sent there."""
    if ctypes.CDLL(None).setns(namespace, CLONE_NEWNET) != 0:
        raise OSError("can't enter the namespace")
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    subprocess.check_call(["ip", "link", "set", name, "up"])
    return fd


def packets(fd):
    """Yields what is there to read."""
    while True:
        try:
            yield os.read(fd, PACKET_BYTES)
        except BlockingIOError:
            return


def carry(one, other, delay_seconds):
    under_way = collections.deque()  # (due, to, packet): all take as long, so none overtakes
    while True:
        patience = max(0.0, under_way[0][0] - time.monotonic()) if under_way else None
        readable = select.select([one, other, sys.stdin], [], [], patience)[0]
        if sys.stdin in readable:
            return
        for fd in readable:
            due = time.monotonic() + delay_seconds
            under_way.extend((due, other if fd == one else one, packet) for packet in packets(fd))
        while under_way and under_way[0][0] <= time.monotonic():
            _, to, packet = under_way.popleft()
            os.write(to, packet)


if __name__ == "__main__":
    interfaces = [tun(sys.argv[1], int(fd)) for fd in sys.argv[3:5]]
    print("ready", flush=True)
    carry(*interfaces, float(sys.argv[2]) / 1e3)
