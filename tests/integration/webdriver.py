"""Drives Debian's Chromium by plain WebDriver over HTTP; the standard library is enough."""
import base64
import json
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

FLAGS = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--hide-scrollbars", "--enable-precise-memory-info"]
DEADLINE_SECONDS = 180  # For what never comes: a busy machine may take ten times as long as an idle one.


class Failed(Exception):
    """A command that the browser refused, or a condition that did not come true."""


class Browser:
    """One browser with one tab, in a profile of its own. Use it in a `with`."""

    def __enter__(self):
        self.profile = tempfile.mkdtemp()
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
        try:
            for line in self.driver.stdout:  # "... started successfully on port 12345."
                if "on port" in line and "successfully" in line:
                    self.base = "http://127.0.0.1:" + line.rsplit("port ", 1)[1].strip(" .\n")
                    break
            options = {"binary": "/usr/bin/chromium", "args": FLAGS + [f"--user-data-dir={self.profile}"]}
            session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
                "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}})
            self.base += "/session/" + session["sessionId"]
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_):
        try:
            self.call("DELETE", "")
        finally:
            self.end()

    def end(self):
        self.driver.terminate()
        self.driver.wait()
        self.driver.stdout.close()
        shutil.rmtree(self.profile, ignore_errors=True)

    def call(self, method, path, body=None):
        data = json.dumps(body or {}).encode() if method == "POST" else None
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise Failed(f"{method} {path}: {json.load(error)['value']['message'].splitlines()[0]}") from None

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def find(self, css):
        found = self.call("POST", "/element", {"using": "css selector", "value": css})
        return "/element/" + next(iter(found.values()))

    def click(self, css):
        self.call("POST", self.find(css) + "/click")

    def type(self, css, text):
        self.call("POST", self.find(css) + "/value", {"text": text})

    def press(self, key):
        """Presses and lets go a key of the keyboard, by its WebDriver code or character."""
        steps = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": steps}]})

    def run(self, script, *args):
        """@returns what the body of a function returns, or what its promise comes to."""
        return self.call("POST", "/execute/sync", {"script": script, "args": list(args)})

    def text(self, css):
        return self.run("return document.querySelector(arguments[0])?.innerText ?? ''", css)

    def wait(self, what, script, *args):
        """@returns the script's first true value. @throws Failed after the deadline."""
        end = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < end:
            value = self.run(script, *args)
            if value:
                return value
            time.sleep(0.05)
        raise Failed(f"not within {DEADLINE_SECONDS} s: {what}; the page says: {self.text('body')[:1500]}")

    def wait_text(self, css, part):
        self.wait(f"{part!r} in {css}",
                  "return document.querySelector(arguments[0])?.innerText.includes(arguments[1])", css, part)

    def console(self):
        """@returns warnings and errors since the last call."""
        return [x["message"] for x in self.call("POST", "/se/log", {"type": "browser"})
                if x["level"] in ("SEVERE", "WARNING")]

    def cdp(self, command, **params):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": params})

    def look(self, scheme, width, height):
        """Shows the page in a colour scheme and size, as on a phone where it is narrow."""
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                 mobile=width < 500)

    def screenshot(self, file, whole=False):
        shot = self.cdp("Page.captureScreenshot", format="png", captureBeyondViewport=whole,
                        **({"clip": dict(self.run(
                            "const e = document.documentElement;"
                            "return {x: 0, y: 0, width: innerWidth, height: e.scrollHeight}"), scale=1)} if whole else {}))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(shot["data"]))
