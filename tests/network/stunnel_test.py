"""stunnel as we ship it, between two machines: what it carries, refuses and survives.

    python3 stunnel_test.py
"""
import contextlib
import os
import pwd
import socket
import socketserver
import ssl
import threading
import time
import unittest

from cases import WithNetwork, setUpModule  # The latter is called by unittest.
from certificates import Authority
from netns import PATIENCE_SECONDS, Network, wait_until
from tunnel import NODE_PORT, TLS_PORT, tunnel

NODE = ("127.0.0.1", NODE_PORT)
TLS = (Network.node_address, TLS_PORT)
GONE_SECONDS = 25  # Lingering, it would be there for 60 s.


class Echo(socketserver.ThreadingTCPServer):
    """In the node's place: says back what it hears, and counts who came."""

    allow_reuse_address, daemon_threads = True, True

    class RequestHandlerClass(socketserver.BaseRequestHandler):
        def handle(self):
            self.server.accepted += 1
            self.server.open.append(self.request)
            with contextlib.suppress(OSError):
                while heard := self.request.recv(65536):
                    self.request.sendall(heard)

    def __init__(self, namespace):
        with namespace:
            super().__init__(NODE, self.RequestHandlerClass)
        self.accepted, self.open = 0, []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def end_all(self):
        """Ends all that came so far."""
        for connection in self.open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.shutdown()
        self.server_close()


def ends(connection):
    """@returns whether the other side closes it without a word, instead of letting it wait."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def answer(connection, data):
    """@returns what comes back for some bytes, as many as they are."""
    sender = threading.Thread(target=connection.sendall, args=(data,))
    sender.start()
    back = bytearray()
    while len(back) < len(data) and (part := connection.recv(65536)):
        back += part
    sender.join()
    return bytes(back)


class Tunnels(WithNetwork):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.folder / "ca", "one")
        self.echo = self.enterContext(contextlib.closing(Echo(self.network.node)))

    def tunnel(self, end, authority=None, certificate=..., **values):
        authority = authority or self.authority
        if certificate is ...:
            certificate = authority.of("node" if end == "node" else "one")
        process = tunnel(end, getattr(self.network, end), self.folder, certificate, authority.ca, **values)
        return self.enterContext(contextlib.closing(process))

    def connect(self, address=NODE):
        return self.enterContext(self.network.agent.connect(address))

    def refused(self, line, process, connection):
        """The connection ends, the line is in the log of the process, and the node never heard of it."""
        self.assertTrue(ends(connection))
        process.wait_for(line)
        self.assertEqual(self.echo.accepted, 0)


class Carried(Tunnels):
    def test_bytes(self):
        """E2 a megabyte goes through the shipped configs and back, and each end names its peer"""
        node, agent = self.tunnel("node"), self.tunnel("agent")
        data = os.urandom(1_000_000)
        self.assertEqual(answer(self.connect(), data), data)
        node.wait_for("accepted connection from 10.77.0.2")
        node.wait_for("Certificate accepted at depth=0: CN=one.agent.auto-tuner.internal")
        agent.wait_for("Certificate accepted at depth=0: CN=node.auto-tuner.internal")

    def test_anew(self):
        """E2 no session is taken up again: the certificate is looked at with each connection"""
        node = self.tunnel("node")
        self.tunnel("agent")
        for count in (1, 2, 3):
            self.assertEqual(answer(self.connect(), b"through"), b"through")
            self.assertEqual(node.text().count("Certificate accepted at depth=0"), count)

    def test_user(self):
        """E2 the shipped configs give up root"""
        for end in ("node", "agent"):
            process = self.tunnel(end, setuid="stunnel4", setgid="stunnel4")
            owner = os.stat(f"/proc/{process.popen.pid}").st_uid
            self.assertEqual(pwd.getpwuid(owner).pw_name, "stunnel4")
        self.assertEqual(answer(self.connect(), b"through"), b"through")

    def test_killed(self):
        """E2 after a kill -9 of either end of the tunnel, the next connection is carried again"""
        both = self.tunnel("node"), self.tunnel("agent")
        for process in both:
            carried = self.connect()
            self.assertEqual(answer(carried, b"before"), b"before")
            process.kill()
            self.assertTrue(ends(carried))
            process.start()
            process.wait_for("Accepting new connections")
            self.assertEqual(answer(self.connect(), b"after"), b"after")


class Refused(Tunnels):
    def test_agents(self):
        """E2 an agent without certificate, of another CA, expired, with another name or usage is refused, and logged"""
        node, other = self.tunnel("node"), Authority(self.folder / "other", "one")
        for what, certificate, line in (
                ("none", None, "peer did not return a certificate"),
                ("another CA", other.of("one"), "CERT: Pre-verification error: unable to get local issuer"),
                ("expired", self.authority.expired(), "CERT: Pre-verification error: certificate has expired"),
                ("name", self.authority.wrong_name(), "CERT: Subject checks failed"),
                ("usage", self.authority.of("node"), "CERT: Pre-verification error: unsuitable certificate purpose")):
            with self.subTest(what):
                mark, agent = node.mark(), self.tunnel("agent", certificate=certificate)
                self.assertTrue(ends(self.connect()))
                node.wait_for(line, since=mark)
                agent.stop()
        self.assertEqual(self.echo.accepted, 0)

    def test_nodes(self):
        """E2 an agent refuses a node of another CA, and one that shows an agent's certificate, and logs it"""
        other = Authority(self.folder / "other", "one")
        agent = self.tunnel("agent")
        for certificate, line in ((other.of("node"), "unable to get local issuer certificate"),
                                  (self.authority.of("one"), "unsuitable certificate purpose")):
            node = self.tunnel("node", certificate=certificate)
            self.refused(line, agent, self.connect())
            node.stop()

    def test_foreign_bytes(self):
        """E2 plaintext, HTTP, noise and TLS 1.2 on the open port are refused, and logged"""
        node = self.tunnel("node")
        for said, line in ((b"CAF\x00" * 20, "wrong version number"), (b"GET / HTTP/1.1\r\n\r\n", "http request"),
                           (b"\x16\x03\x01" + bytes(range(256)) * 300, "SSL_accept: .*error")):
            with self.subTest(said[:16]):
                mark, connection = node.mark(), self.connect(TLS)
                connection.sendall(said)
                # stunnel may answer with a TLS alert before it closes.
                with contextlib.suppress(ConnectionError):
                    while connection.recv(4096):
                        pass
                node.wait_for(line, since=mark)
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode, old.maximum_version = False, ssl.CERT_NONE, ssl.TLSVersion.TLSv1_2
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            old.wrap_socket(self.connect(TLS))
        node.wait_for("unsupported protocol")
        self.assertEqual(self.echo.accepted, 0)

    def test_silent(self):
        """E2 fifty silent connections cost no processor time and are closed; meanwhile others are carried"""
        node, agent = self.tunnel("node"), self.tunnel("agent")
        silent = [self.connect(TLS) for _ in range(50)]
        wait_until("all are accepted", lambda: node.text().count("accepted connection from") >= 50)
        used, since = node.cpu_seconds(), time.monotonic()
        self.assertEqual(answer(self.connect(), b"meanwhile"), b"meanwhile")
        self.assertTrue(all(ends(connection) for connection in silent))
        share = (node.cpu_seconds() - used) / (time.monotonic() - since)
        node.wait_for("TIMEOUTbusy exceeded")
        print(f"50 silent connections: {share:.1%} of a core for {time.monotonic() - since:.1f} s")
        self.assertLess(share, 0.05)


class Faults(Tunnels):
    def setUp(self):
        super().setUp()
        self.node, self.agent = self.tunnel("node"), self.tunnel("agent")
        self.connection = self.connect()
        self.assertEqual(answer(self.connection, b"before"), b"before")

    def test_pulled_briefly(self):
        """E2 what is said while the cable is out for a moment arrives when it is back"""
        for at in ("agent", "node"):
            with self.network.pulled(at):
                self.connection.sendall(b"meanwhile")
                self.connection.settimeout(0.5)
                self.assertRaises(TimeoutError, self.connection.recv, 100)
            self.connection.settimeout(PATIENCE_SECONDS)
            self.assertEqual(self.connection.recv(100), b"meanwhile")

    def test_pulled(self):
        """E2 with the cable out, both ends close what they carried, though nothing was sent; then it is carried anew"""
        wait_until("nothing is on its way", self.nothing_under_way)
        with self.network.pulled():
            since = time.monotonic()
            self.assertTrue(ends(self.connection))
            self.node.wait_for("Connection reset|Connection closed", seconds=GONE_SECONDS)
            print(f"cable pulled: both ends closed after {time.monotonic() - since:.1f} s")
        self.assertEqual(answer(self.connect(), b"after"), b"after")

    def test_given_up(self):
        """E2 with the cable out, a connection that one side gives up does not linger there"""
        with self.network.pulled():
            self.connection.close()
            self.agent.wait_for("Connection closed", seconds=GONE_SECONDS)
            self.echo.end_all()
            self.node.wait_for("Connection closed", seconds=GONE_SECONDS)

    def nothing_under_way(self):
        return all(line.split()[2] == "0" for end, _ in self.network.ends()
                   for line in end.run("ss", "-Htn").splitlines())

    def test_paused(self):
        """E2 a stopped end of the tunnel goes on where it was"""
        self.agent.pause()
        self.connection.sendall(b"meanwhile")
        self.connection.settimeout(0.5)
        self.assertRaises(TimeoutError, self.connection.recv, 100)
        self.agent.resume()
        self.connection.settimeout(PATIENCE_SECONDS)
        self.assertEqual(self.connection.recv(100), b"meanwhile")

    def test_slow_and_losing(self):
        """E2 at 100 ms each way and 5 % loss, what is connected stays so and carries on"""
        data = os.urandom(50_000)
        with self.network.slow(100), self.network.losing(0.05):
            self.assertEqual(answer(self.connection, data), data)
        self.assertEqual(answer(self.connection, data), data)


if __name__ == "__main__":
    unittest.main(verbosity=2)
