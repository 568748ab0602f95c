"""What tests between two network namespaces have in common."""
import pathlib
import tempfile
import unittest

from netns import Network, why_not


def setUpModule():
    """Of each test module: skipped where there are no namespaces."""
    if reason := why_not():
        raise unittest.SkipTest(reason)


class WithNetwork(unittest.TestCase):
    """Each test has a network and a folder of its own."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.network = self.enterContext(Network())
