"""The page against made-up data: what a real run has no time for, or must not do.

    python3 page_test.py SHOTS            # the tests; screenshots go to that folder
    python3 page_test.py SHOTS --measure  # first paint and memory with a day of data
"""
import json
import pathlib
import sys
import unittest
import urllib.request

import fake_control_api
import page_checks
from real_server import free_port
from webdriver import Browser

SHOTS = pathlib.Path("build/screenshots")
TAB, ENTER = "\ue004", "\ue007"
ROWS = "return document.querySelectorAll('.opener').length"


class Fake:
    """A made-up service, and what a test has happen there."""

    def __init__(self, **options):
        self.server = fake_control_api.start(**options)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def have(self, what, **body):
        request = urllib.request.Request(self.url + "fake/" + what, json.dumps(body).encode(), method="POST")
        urllib.request.urlopen(request, timeout=300).close()

    def end(self):
        self.server.shutdown()
        self.server.server_close()
        self.server.service.gone = True
        with self.server.service.lock:
            for stream in self.server.service.streams:
                stream.put(None)


def show(browser, fake, scheme="light", width=1280, height=900):
    browser.look(scheme, width, height)
    browser.open(fake.url)
    browser.wait("the charts are drawn", "return document.querySelectorAll('.plot canvas').length >= 16")
    browser.wait("there are decisions", ROWS)
    browser.wait_text("#connection", "Live")


def open_newest(browser):
    browser.click(".opener")
    browser.wait_text(".details", "Candidates")


class Page(unittest.TestCase):
    def setUp(self):
        self.browser = self.enterContext(Browser())

    def tearDown(self):
        self.assertEqual(self.browser.console(), [], "the browser's console is empty")

    def test_accessible(self):
        """D5 the page is readable in light, dark and on a phone, by keyboard and screen reader"""
        fake, b = Fake(), self.browser
        fake.have("decide", id=100, verdict="open")
        for name, scheme, width, height in (("light", "light", 1280, 900), ("dark", "dark", 1280, 900),
                                            ("phone", "light", 390, 844), ("phone_dark", "dark", 390, 844)):
            with self.subTest(name):
                show(b, fake, scheme, width, height)
                b.wait_text("#trial", "#100")
                b.wait("marks have been drawn", "return new Promise(done => setTimeout(() => done(true), 1100))")
                b.screenshot(SHOTS / f"page_{name}.png", whole=width < 500)
                open_newest(b)
                self.assertEqual(page_checks.problems(b), [])
                b.screenshot(SHOTS / f"page_{name}_opened.png", whole=True)

    def test_keyboard(self):
        """D5 everything can be reached by keyboard, and one sees where one is"""
        b = self.browser
        show(b, Fake())
        stops = page_checks.tab_stops(b)
        self.assertEqual(stops[0][0], "skip")
        self.assertEqual([x for x, visible in stops if not visible], [])
        for control in ("pause", "rollback", "set-knob", "set-value", "set", "log-scale", "opener"):
            self.assertIn(control, [x for x, _ in stops])
        b.run("document.querySelector('.opener').focus()")
        b.press(ENTER)
        b.wait_text(".details", "Explanation")
        self.assertEqual(b.run("return document.activeElement.getAttribute('aria-expanded')"), "true")

    def test_live(self):
        """D5 decisions, verdicts and states appear by themselves, and what is open stays open"""
        fake, b = Fake(), self.browser
        show(b, fake)
        open_newest(b)
        before = b.run(ROWS)
        fake.have("decide", id=100, verdict="open")
        b.wait_text("#decisions tr", "trial running")
        b.wait_text("#trial", "verdict in")
        fake.have("decide", id=100, verdict="rolled_back")
        self.assertEqual(b.run(ROWS), before + 1, "the verdict is put into the row that is there")
        b.wait_text("#decisions tr", "rolled back")
        b.wait("the trial is over", "return document.querySelector('#trial').hidden")
        self.assertTrue(b.run("return document.querySelector('.opener[aria-expanded=true]') !== null"))
        for state, words in (("degraded", "Degraded"), ("advise", "Advising only"), ("paused", "Paused")):
            fake.have("state", state=state, reason="the host is slow")
            b.wait_text("#state", words)
            self.assertIn("the host is slow", b.text("#banner"))
            self.assertTrue(b.text("#state-icon"), "colour alone tells nobody")

    def test_reconnect(self):
        """D5 a stream that breaks is opened again, and what was missed is fetched"""
        fake, b = Fake(), self.browser
        show(b, fake)
        service = fake.server.service
        fake.have("hang-up")
        b.wait_text("#connection", "trying again")
        service.events[""].append(service.decision("", 77, fake_control_api.time.time(), "kept"))
        fake.have("let-in")
        b.wait_text("#connection", "Live")
        b.wait_text("#decisions tr", "#77")

    def test_restart(self):
        """D5 a service that comes back, be it with another target, is shown without a reload"""
        port = free_port()
        fake, b = Fake(port=port), self.browser
        show(b, fake)
        fake.end()
        b.wait_text("#connection", "trying again")
        b.run("document.querySelector('#pause').click()")
        b.wait_text("#problem", "can't be reached")
        again = Fake(port=port, targets=2)
        again.have("decide", target="batcher", id=77, verdict="kept")
        b.wait_text("#connection", "Live")
        b.wait_text("#decisions tr", "#77")
        b.wait("the problem is over", "return document.querySelector('#problem').hidden")
        self.assertTrue(b.run("return document.querySelector('#target').checkVisibility()"))
        self.assertTrue(all("net::ERR_" in x for x in b.console()))

    def test_commands(self):
        """D5 commands ask for the token once, and say in words what is refused"""
        fake, b = Fake(), self.browser
        show(b, fake)
        b.click("#pause")
        b.wait_text("#token-why", "needs Authorization")
        b.type("#token", "wrong" + ENTER)
        b.wait("it asks again", "return document.querySelector('#token-dialog').open"
                                " && document.querySelector('#token').value === ''")
        b.type("#token", "t" * 16)
        b.type("#operator", "ann" + ENTER)
        b.wait_text("#state", "Paused")
        b.wait_text("#done", "Paused.")
        b.click("#rollback")
        b.wait_text("#rollback-what", "#12")
        b.click("#rollback-form .primary")
        b.wait_text("#decisions tr", "settings put back")
        b.run("document.querySelector('#set-value').removeAttribute('max')")
        b.type("#set-value", "999")
        b.click("#set")
        b.wait_text("#problem", "999 is not allowed; allowed: from 8 to 400")
        b.run("document.querySelector('#set-value').value = ''")
        b.type("#set-value", "24")
        b.click("#set")
        b.wait_text("#decisions tr", "set by hand")
        b.wait("no problem is left", "return document.querySelector('#problem').hidden")
        b.click("#pause")
        b.wait_text("#state", "Tuning")
        kept = b.run("return [sessionStorage.length, localStorage.length, document.cookie]")
        self.assertEqual(kept, [2, 0, ""], "the token is kept for the tab alone")
        refused = [x for x in b.console() if "401" not in x and "400" not in x]
        self.assertEqual(refused, [])

    def test_guarded(self):
        """D5 where reading needs the token too, the page asks for it once and streams with it"""
        fake, b = Fake(guarded=True), self.browser
        b.look("light", 1280, 900)
        b.open(fake.url)
        b.wait("it asks", "return document.querySelector('#token-dialog').open")
        self.assertTrue(fake.server.service.held.wait(300), "a second request is on its way without a token")
        b.type("#token", "t" * 16 + ENTER)
        b.wait_text("#connection", "Live")
        b.wait("there are decisions", ROWS)
        fake.have("decide", id=100, verdict="open")
        b.wait_text("#decisions tr", "#100")
        self.assertFalse(b.run("return document.querySelector('#token-dialog').open"))
        self.assertTrue(all("401" in x for x in b.console()))

    def test_choices(self):
        """D5 target, range and zoom are chosen for all charts at once"""
        b = self.browser
        show(b, Fake(targets=2))
        b.run("const t = document.querySelector('#target'); t.value = 'reranker'; t.dispatchEvent(new Event('change'))")
        b.wait("its title", "return document.title.includes('reranker')")
        b.click("input[value='86400'] + span")
        b.wait_text("#range-words", "24 hours")
        b.wait("the axis shows a day", "return [...document.querySelectorAll('.dygraph-axis-label-x')]"
                                       ".some(e => /00:00|[A-Z][a-z]{2}/.test(e.innerText))")
        area = b.run("const r = document.querySelector('.plot').getBoundingClientRect(); return [r.x, r.y]")
        moves = [{"type": "pointerMove", "x": int(area[0]) + 200, "y": int(area[1]) + 60}, {"type": "pointerDown", "button": 0},
                 {"type": "pointerMove", "x": int(area[0]) + 400, "y": int(area[1]) + 60}, {"type": "pointerUp", "button": 0}]
        b.call("POST", "/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": moves}]})
        b.wait("one can go back", "return !document.querySelector('#follow').hidden")
        b.click("#follow")
        b.wait("it is live again", "return document.querySelector('#follow').hidden")
        b.click("#log-scale")

    def test_memory(self):
        """D5 an hour of updates leaves memory and the page as they were"""
        fake, b = Fake(decisions=2000), self.browser
        show(b, fake)
        sizes = [memory_after_an_hour(b, fake) for _ in range(3)]
        self.assertLess(sizes[2][0] - sizes[0][0], 1.0, f"MB and elements after each hour: {sizes}")
        self.assertLess(abs(sizes[2][1] - sizes[0][1]), 200, f"MB and elements after each hour: {sizes}")


def memory_after_an_hour(b, fake):
    """@returns used MB of the heap and elements of the page after 3600 more points."""
    fake.have("burst", points=3600)
    last = fake.server.service.ahead
    fake.have("decide", id=5000 + last, verdict="kept") # Comes after them.
    b.wait_text("#decisions", f"#{5000 + last}")
    used = []
    for _ in range(5): # What is freed late is no leak.
        b.cdp("HeapProfiler.collectGarbage")
        used.append(b.cdp("Runtime.getHeapUsage")["usedSize"] / 1e6)
    return round(min(used), 2), b.run("return document.querySelectorAll('*').length")


def measure():
    """Prints how fast a day of 1 s samples with 2000 decisions is there, and what memory it takes."""
    fake = Fake(decisions=2000)
    with Browser() as b:
        b.look("light", 1280, 900)
        b.cdp("Page.addScriptToEvaluateOnNewDocument", source="""
            window.seen = {};
            new MutationObserver(() => {
              for (const [name, css] of [['charts', '.plot canvas'], ['decisions', '.opener']])
                if (!(name in seen) && document.querySelector(css)) seen[name] = performance.now();
            }).observe(document, {childList: true, subtree: true});
            window.tasks = [];
            new PerformanceObserver(l => tasks.push(...l.getEntries().map(e => e.duration)))
              .observe({type: 'longtask', buffered: true});""")
        for number in range(5):
            show(b, fake)
            paint = b.run("return performance.getEntriesByName('first-contentful-paint')[0].startTime")
            seen = b.run("return seen")
            print(f"load {number + 1}: first paint {paint:.0f} ms, charts {seen['charts']:.0f} ms, "
                  f"decisions {seen['decisions']:.0f} ms")
        b.click("input[value='86400'] + span")
        b.wait_text("#range-words", "24 hours")
        b.run("tasks.length = 0; return new Promise(done => setTimeout(done, 10000))")
        print("10 s of live updates over a day: tasks longer than 50 ms:", b.run("return tasks"))
        for hour in range(4):
            print(f"after hour {hour + 1}: {memory_after_an_hour(b, fake)} (MB of heap, elements)")


if __name__ == "__main__":
    SHOTS = pathlib.Path(sys.argv.pop(1)) if len(sys.argv) > 1 else SHOTS
    measure() if "--measure" in sys.argv else unittest.main(verbosity=2)
