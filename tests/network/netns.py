"""Two network namespaces joined by a cable that can be pulled, be slow and lose packets.

The namespaces have no names: they live as long as this process, or one in them, and leave nothing behind
however it ends. Sockets and processes made in a `with namespace:` are in it.
"""
import contextlib
import ctypes
import os
import pathlib
import socket
import subprocess
import sys
import time

CLONE_NEWNET = 0x40000000
CABLE, SLOW = "cable", "slow"  # interfaces, the same at both ends
FORWARDER = pathlib.Path(__file__).with_name("slow_cable.py")
PATIENCE_SECONDS = 120  # For what is there in a moment, unless the machine is busy otherwise.
HOME = os.open("/proc/self/ns/net", os.O_RDONLY)
libc = ctypes.CDLL(None, use_errno=True)


def check(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def run(*command, **more):
    """@throws AssertionError with what the command said, when it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {done.stdout.strip()}")
    return done.stdout


class Namespace:
    """A network namespace with loopback up. In a `with`, this thread is in it."""

    def __init__(self):
        self.fd = -1
        try:
            check(libc.unshare(CLONE_NEWNET))
            self.fd = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
            run("ip", "link", "set", "lo", "up")
        except BaseException:
            self.close()
            raise
        finally:
            self.__exit__()
        self.path = f"/proc/{os.getpid()}/fd/{self.fd}"

    def __enter__(self):
        check(libc.setns(self.fd, CLONE_NEWNET))
        return self

    def __exit__(self, *_):
        check(libc.setns(HOME, CLONE_NEWNET))

    def run(self, *command, **more):
        with self:
            return run(*command, **more)

    def socket(self, kind=socket.SOCK_STREAM, bind=None):
        """@returns a socket with a deadline, bound to an (address, port) if there is one."""
        with self:
            made = socket.socket(socket.AF_INET, kind)
        made.settimeout(PATIENCE_SECONDS)
        if bind:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(bind)
        return made

    def connect(self, address):
        """@returns a TCP connection to an (address, port), as seen in here."""
        made = self.socket()
        try:
            made.connect(address)
        except BaseException:
            made.close()
            raise
        return made

    def close(self):
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


def why_not():
    """@returns why namespaces can't be made here, or "" where they can."""
    try:
        Namespace().close()
        return ""
    except OSError as error:
        return f"network namespaces can't be made here, which takes root: {error}"


class Network:
    """The namespaces `node` (10.77.0.1) and `agent` (10.77.0.2) with a cable between them. Use it in a `with`."""

    node_address, agent_address = "10.77.0.1", "10.77.0.2"

    def __enter__(self):
        with contextlib.ExitStack() as undo:
            self.node, self.agent = (undo.enter_context(contextlib.closing(Namespace())) for _ in range(2))
            self.node.run("ip", "link", "add", CABLE, "type", "veth", "peer", "name", CABLE, "netns", self.agent.path)
            for end, address in self.ends():
                end.run("ip", "address", "add", address + "/24", "dev", CABLE)
                end.run("ip", "link", "set", CABLE, "up")
                end.run("nft", "add table ip faults; add chain ip faults input { type filter hook input priority 0; }")
            self.undo = undo.pop_all()
        return self

    def __exit__(self, *_):
        self.undo.close()

    def ends(self):
        return (self.node, self.node_address), (self.agent, self.agent_address)

    @contextlib.contextmanager
    def pulled(self, at="agent"):
        """No cable for a while: its interface is down at one end, and has no carrier at the other."""
        end = getattr(self, at)
        end.run("ip", "link", "set", CABLE, "down")
        try:
            yield
        finally:
            end.run("ip", "link", "set", CABLE, "up")

    @contextlib.contextmanager
    def losing(self, ratio):
        """A ratio of the packets is lost for a while, in each direction."""
        for end, _ in self.ends():
            end.run("nft", f"add rule ip faults input iifname != lo numgen random mod 10000 < {ratio * 10000:.0f} drop")
        try:
            yield
        finally:
            for end, _ in self.ends():
                end.run("nft", "flush chain ip faults input")

    @contextlib.contextmanager
    def slow(self, delay_ms):
        """Packets take that long for a while, in each direction; what is connected stays so."""
        fds = [self.node.fd, self.agent.fd]
        # Its death with ours is seen to by its standard input.
        with subprocess.Popen([sys.executable, "-B", FORWARDER, SLOW, str(delay_ms), *map(str, fds)], pass_fds=fds,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as forwarder:
            try:
                if forwarder.stdout.readline() != "ready\n":
                    raise AssertionError("the slow cable does not come up")
                (node, node_address), (agent, agent_address) = self.ends()
                node.run("ip", "route", "add", agent_address + "/32", "dev", SLOW, "src", node_address)
                agent.run("ip", "route", "add", node_address + "/32", "dev", SLOW, "src", agent_address)
                yield
            finally:
                forwarder.kill()  # Its interfaces go with it, and their routes.


def wait_until(what, condition, seconds=PATIENCE_SECONDS):
    """@returns the condition's first true value. @throws AssertionError after the deadline."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.01)
    return value
