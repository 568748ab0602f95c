"""Certificates as `config/stunnel/make_test_ca` makes them, and some that must be refused."""
import pathlib
import typing

from netns import run

MAKE_TEST_CA = pathlib.Path(__file__).parents[2] / "config/stunnel/make_test_ca"
AGENT_DOMAIN = "agent.auto-tuner.internal"


class Certificate(typing.NamedTuple):
    """PEM files."""
    cert: pathlib.Path
    key: pathlib.Path


class Authority:
    """A CA with a node and agents, in a new folder."""

    def __init__(self, folder, *agents):
        self.folder = pathlib.Path(folder)
        run(str(MAKE_TEST_CA), str(folder), *agents)
        self.ca = self.folder / "ca.pem"

    def of(self, name):
        """@returns the certificate of "node" or of an agent."""
        return Certificate(self.folder / f"{name}.pem", self.folder / f"{name}.key")

    def issue(self, name, dns_name, days=1):
        """@returns a new client certificate in files called `name`; with days = -1, it expired yesterday."""
        made, request = self.of(name), self.folder / f"{name}.csr"
        run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            str(made.key), "-out", str(request), "-subj", f"/CN={dns_name}", "-addext",
            f"subjectAltName=DNS:{dns_name}", "-addext", "extendedKeyUsage=clientAuth")
        run("openssl", "x509", "-req", "-in", str(request), "-CA", str(self.ca), "-CAkey",
            str(self.folder / "ca.key"), "-CAcreateserial", "-copy_extensions", "copy", "-days", str(days),
            "-out", str(made.cert))
        return made

    def expired(self):
        return self.issue("expired", f"expired.{AGENT_DOMAIN}", days=-1)

    def wrong_name(self):
        return self.issue("stranger", "stranger.example.org")
