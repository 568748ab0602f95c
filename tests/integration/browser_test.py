"""A real browser on a real run: what the tuner does is seen, and controlled.

    python3 browser_test.py PROGRAM SHOTS
    python3 browser_test.py PROGRAM SHOTS --pictures FOLDER  # for the README, after minutes of load
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

import page_checks
from webdriver import Browser

PROGRAM, SHOTS = "build/release/auto_tuner", pathlib.Path("build/screenshots")
TOKEN = "correct-horse-battery-staple"
ENTER = "\ue007"
QUICK = {
    "enabled": True, "policy": "threshold", "judge": "threshold", "observation_window_seconds": 2,
    "tuning_interval_seconds": 1, "sample_period_seconds": 0.1, "cool_down_seconds": 0, "host_timeout_seconds": 60,
    # It decides and judges alike on a machine that can hardly serve.
    "threshold": {"batch_decrease_above_p95_ms": 1e6, "batch_increase_below_rps": 0, "timeout_decrease_above_rps": 0,
                  "timeout_increase_below_rps": 0},
    "watchdog": {"check_delay_seconds": 2, "degradation_threshold": 10}}
USUAL = {"enabled": True, "policy": "auto", "slo": {"p95_latency_ms": 8}, "observation_window_seconds": 10,
         "tuning_interval_seconds": 5, "cool_down_seconds": 5}
IDS = "return [...document.querySelectorAll('.opener')].map(e => e.textContent).filter(x => x.startsWith('#'))"


class Service:
    """`auto_tuner run` on the example host, on any free port, with a token."""

    def __init__(self, tuner, **load):
        self.folder = tempfile.TemporaryDirectory()
        here = pathlib.Path(self.folder.name)
        (here / "token").write_text(TOKEN + "\n")
        os.chmod(here / "token", 0o600)
        (here / "config.json").write_text(json.dumps({
            "tuner": tuner, "cache": {"max_memory_mb": 64},
            "targets": [{"example_host": {"workers": 1, "memory_limit_mb": 512,
                                          "load": {"rate_rps": 1000, **load}}}],
            "journal": {"file": str(here / "journal.db")}, "admin": {"port": 0, "token_file": str(here / "token")}}))
        self.process = subprocess.Popen([PROGRAM, "run", "--config", str(here / "config.json")],
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.log = []
        for line in self.process.stdout:
            self.log.append(line)
            if found := re.search(r"http://\S+?:\d+", line):
                self.url = found[0] + "/"
                break
        else:
            raise AssertionError("the service did not start:\n" + "".join(self.log))
        # Its further words are not needed, but must be read.
        self.reader = subprocess.Popen(["cat"], stdin=self.process.stdout, stdout=subprocess.DEVNULL)

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:
            return json.load(answer)

    def command(self, name):
        """Has an operator give it, who has nothing to do with the page."""
        request = urllib.request.Request(
            f"{self.url}api/v1/{name}", b"{}", method="POST",
            headers={"Authorization": "Bearer " + TOKEN, "Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=60).close()

    def state(self):
        return self.get("api/v1/status")["targets"][0]["state"]

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=120)
        self.reader.wait(timeout=120)
        self.process.stdout.close()
        self.folder.cleanup()


def show(browser, service, scheme="light", width=1280, height=900):
    browser.look(scheme, width, height)
    browser.open(service.url)
    browser.wait_text("#connection", "Live")
    browser.wait("the charts are drawn", "return document.querySelectorAll('.plot canvas').length >= 12")


class Run(unittest.TestCase):
    def test_run(self):
        """D5 a browser sees a decision appear, opens it, pauses, rolls back, sets and resumes"""
        service, b = Service(QUICK), self.enterContext(Browser())
        self.addCleanup(service.close)
        service.command("pause")  # Else there may be nothing left to decide when the browser is there.
        show(b, service)
        known = b.run(IDS)
        service.command("resume")
        b.wait_text("#state", "Tuning")  # Else the button would resume.
        new = b.wait("a decision appears", "return [...document.querySelectorAll('.opener')].map(e => e.textContent)"
                     ".find(x => x.startsWith('#') && !arguments[0].includes(x))", known)
        self.opens(b, new)
        self.pauses(b, service)
        self.rolls_back(b)
        self.sets(b)
        b.click("#pause")
        b.wait_text("#done", "Resumed.")
        b.wait("the service tunes again", "return document.querySelector('#state').textContent === 'Tuning'")
        self.assertEqual(service.state(), "enabled")
        for name, scheme, width, height in (("light", "light", 1280, 900), ("dark", "dark", 1280, 900),
                                            ("phone", "light", 390, 844)):
            show(b, service, scheme, width, height)
            b.screenshot(SHOTS / f"run_{name}.png", whole=width < 500)
            self.assertEqual(page_checks.problems(b), [])
        self.assertEqual([x for x in b.console() if "401" not in x], [], "the browser's console is empty")

    def opens(self, b, new):
        b.run("[...document.querySelectorAll('.opener')].find(e => e.textContent === arguments[0]).click()", new)
        b.wait_text(".details:not([hidden])", "Evidence")
        inside = b.text(".details:not([hidden])")
        for part in ("p95", "Candidates", "Verdict", "Explanation", "Change " + new):
            self.assertIn(part, inside)

    def pauses(self, b, service):
        b.click("#pause")
        b.wait("it asks for the token", "return document.querySelector('#token-dialog').open")
        b.type("#token", TOKEN)
        b.type("#operator", "ann" + ENTER)
        b.wait_text("#state", "Paused")
        b.wait_text("#done", "Paused.")
        self.assertEqual(service.state(), "paused")

    def rolls_back(self, b):
        b.wait("no trial runs", "return document.querySelector('#trial').hidden")
        before = b.run("return document.querySelectorAll('.mark.rollback').length")
        b.click("#rollback")
        b.click("#rollback-form .primary")
        b.wait("the settings are put back",
               "return document.querySelectorAll('.mark.rollback').length > arguments[0]", before)
        b.wait_text("#done", "Rolled back")

    def sets(self, b):
        b.type("#set-value", "24")
        b.click("#set")
        b.wait_text("#decisions", "set by hand")
        b.wait_text("#facts", "batch_size 24")


def pictures(folder):
    """Writes page_light.png and page_dark.png, as the README shows them."""
    subprocess.run([pathlib.Path(__file__).parents[2] / "app/install_packages", "pngquant"], check=True)
    service = Service(USUAL, kind="on_off", on_rate_rps=2000, off_rate_rps=400, on_seconds=60, off_seconds=40)
    try:
        time.sleep(5.5 * 60)
        with Browser() as b:
            show(b, service)
            b.click("#log-scale")
            for scheme in ("light", "dark"):
                b.look(scheme, 1280, 1180)
                b.wait("a redraw", "return new Promise(done => setTimeout(() => done(true), 1500))")
                b.screenshot(folder / f"page_{scheme}.png")
                subprocess.run(["pngquant", "--force", "--ext", ".png", "128", folder / f"page_{scheme}.png"], check=True)
    finally:
        service.close()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        PROGRAM, SHOTS = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
    if "--pictures" in sys.argv:
        pictures(pathlib.Path(sys.argv[-1]))
    else:
        unittest.main(verbosity=2)
