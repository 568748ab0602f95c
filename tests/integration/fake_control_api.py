"""Serves the page and the contract of the control API from made-up data.

    python3 fake_control_api.py [--port N] [--decisions N] [--token TOKEN] [--targets N]

A day of 1 s samples, the decisions spread over it. Live points come each
second. For tests of what a real run has no time for, and for work on the page:
POST /fake/{burst,decide,state,hang-up,let-in} has things happen.
"""
import argparse
import json
import math
import pathlib
import queue
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = pathlib.Path(__file__).resolve().parents[2] / "app/dashboard"
DYGRAPHS = pathlib.Path("/usr/share/javascript/dygraphs")
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
KNOBS = [("batch_size", "batch_size", 1, 128, 1, ""), ("batch_timeout_ms", "batch_timeout", 0, 100, 0, "ms"),
         ("cache_size_mb", "cache_size", 8, 400, 1, "MiB")]
DAY = 86400


class Service:
    """What a service of the made-up past and present knows."""

    def __init__(self, decisions, token, targets, guarded):
        self.guarded = guarded  # As off loopback: reading needs the token too.
        self.refused, self.held, self.let_in = 0, threading.Event(), threading.Event()
        self.streaming = threading.Event()  # Else whoever wants to listen waits.
        self.streaming.set()
        self.token, self.started, self.lock = token, time.time(), threading.Lock()
        self.names = ["batcher", "reranker"][:targets] if targets > 1 else [""]
        self.state = {name: ("enabled", "p95 within the objective") for name in self.names}
        self.streams, self.ahead, self.gone = [], 0, False
        self.events = {name: [self.decision(name, i + 1, self.started - DAY + (i + 1) * DAY / (decisions + 1))
                              for i in range(decisions)] for name in self.names}

    def decision(self, name, number, at, verdict=None):
        verdict = verdict or ("rolled_back" if number % 7 == 3 else "inconclusive" if number % 11 == 5 else "kept")
        size = 16 + number * 5 % 24
        done = verdict != "open"
        return {"target": name, "id": number, "kind": "tuning", "at": round(at, 6), "moves": [
            {"knob": "batch_size", "from": 32, "to": size, "reason": "fewer wait for a batch to fill"},
            {"knob": "batch_timeout_ms", "from": 50, "to": 6.65, "reason": "p95 is waiting time"}],
            "reason": "rescue: p95 26.1 ms misses 8 ms: p95 7.68 ms and 0.148 busy workers expected, "
                      "against 19.2 ms and 0.0847 as it is",
            "verdict": verdict, "verdict_at": at + 30 if done else None,
            "verdict_reason": "p95 is 72 % lower than on the old settings with the same traffic" if done else "",
            "undone": verdict in ("rolled_back", "inconclusive")}

    def point(self, at, length=1.0):
        wave = math.sin(at / 3000) + 0.3 * math.sin(at / 71) + 0.1 * math.sin(at * 1.7)
        rate = 480 + 180 * wave
        p95 = 6.1 + 1.6 * wave + 0.4 * math.sin(at * 0.9)
        size = 16 + int(at / 900) * 5 % 24
        return {"opened_at": round(at - length, 6), "closed_at": round(at, 6), "completed": int(rate * length),
                "failed": 0, "throughput_rps": rate, "offered_rps": rate + 2 * math.sin(at), "p50_ms": p95 * 0.55,
                "p95_ms": p95, "p99_ms": p95 * 1.35, "mean_ms": p95 * 0.6, "batches": int(rate / 12),
                "batch_size_mean": 12.1, "busy_workers": 0.41 + 0.1 * wave, "cache_hit_ratio": 0.82 + 0.02 * wave,
                "queue_length": 3, "memory_used_ratio": None, "memory_mib": 212 + 4 * wave, "cpu_cores": None,
                "settings": {"batch_size": size, "batch_timeout_ms": 6.65, "cache_size_mb": 64}}

    def status(self, name):
        state, reason = self.state[name]
        trial = next(({"id": e["id"], "since": e["at"], "check_at": e["at"] + 30}
                      for e in self.events[name] if e["verdict"] == "open"), None)
        keys = ("name", "role", "min", "max", "step", "unit")
        return {"name": name, "state": state, "reason": reason, "mode": "auto", "policy": "twin", "judge": "replay",
                "slo": {"p95_latency_ms": 8, "error_ratio": 0.01}, "trial": trial,
                "knobs": [dict(zip(keys, k), enabled=True) for k in KNOBS],
                "settings": self.point(time.time())["settings"]}

    def series(self, since, until, points):
        until = min(until, time.time())
        since = max(since, self.started - DAY)
        length = max(1, math.ceil((until - since) / points))
        first = math.ceil(since / length) * length
        return [self.point(first + i * length, length) for i in range(int((until - first) / length) + 1)]

    def publish(self, name, data):
        with self.lock:
            for stream in self.streams:
                stream.put((name, data))

    def add(self, event):
        self.events[event["target"]] = [e for e in self.events[event["target"]]
                                        if (e["kind"], e["id"]) != (event["kind"], event["id"])] + [event]
        self.publish("history", event)
        self.publish("status", self.status(event["target"]))

    def command(self, name, target, body):
        now = time.time()
        if name in ("pause", "resume"):
            self.state[target] = ("paused", "by an operator") if name == "pause" else ("enabled", "")
            self.publish("status", self.status(target))
            return {"target": target, "state": self.state[target][0], "reason": self.state[target][1]}
        if name == "set":
            (knob, value), = body["settings"].items()
            event = {"target": target, "id": 0, "kind": "edit", "at": now, "reason": "set by an operator",
                     "moves": [{"knob": knob, "from": 32, "to": value, "reason": ""}], "verdict": None,
                     "verdict_at": None, "verdict_reason": "", "undone": False}
            self.add(event)
            return event
        last = [e for e in self.events[target] if e["kind"] == "tuning" and not e["undone"]][-1]
        undo = dict(last, kind="rollback", at=now, verdict=None, verdict_at=None, reason="undone by an operator",
                    moves=[dict(m, **{"from": m["to"], "to": m["from"]}) for m in last["moves"]])
        self.add(dict(last, undone=True))
        self.add(undo)
        return {"events": [undo]}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: Service

    def log_message(self, *args):
        pass

    def parse_request(self):
        if self.service.gone:  # On a connection that was kept alive.
            self.close_connection = True
            return False
        return super().parse_request()

    def answer(self, status, body, kind="application/json"):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, status, code, message):
        self.answer(status, {"error": {"code": code, "message": message}})

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = {k: v[0] for k, v in urllib.parse.parse_qs(url.query).items()}
        file = PAGE / "index.html" if url.path == "/" else PAGE / pathlib.Path(url.path).name
        if url.path in ("/assets/dygraph.js", "/assets/dygraph.css"):
            file = DYGRAPHS / file.name.replace(".", ".min.")
        if url.path == "/" or url.path.startswith("/assets/") and file.is_file():
            return self.answer(200, file.read_bytes(), TYPES[file.suffix])
        if not url.path.startswith("/api/v1/"):
            return self.refuse(404, "not_found", "there is no " + url.path)
        route, s = url.path.removeprefix("/api/v1/"), self.service
        if s.guarded and not self.allowed():
            return
        target = query.get("target", s.names[0])
        if route == "status":
            now = time.time()
            return self.answer(200, {"version": "0.1.0", "uptime_seconds": now - s.started, "now": now,
                                     "targets": [s.status(n) for n in s.names]})
        if route == "history":
            events = [e for e in s.events[target] if e["at"] >= float(query.get("since", 0))]
            return self.answer(200, {"events": events[-int(query.get("limit", 100)):]})
        if route == "series":
            points = s.series(float(query["since"]), float(query.get("until", 9e9)), int(query.get("points", 1000)))
            return self.answer(200, {"target": target, "resolution_seconds": 1, "points": points})
        if route.startswith("decisions/"):
            event = next(e for e in s.events[target] if e["id"] == int(route[10:]) and e["kind"] == "tuning")
            sizes = [event["moves"][0]["to"], 32, 12, 48]
            judged = event["verdict"] != "open"
            return self.answer(200, dict(
                event, evidence=dict(s.point(event["at"], 10), p95_ms=26.1),
                considered=[{"settings": {"batch_size": n, "batch_timeout_ms": 6.65}, "p95_ms": 7.68 + i,
                             "cost": 0.148 + i / 100, "feasible": i < 1} for i, n in enumerate(sizes)],
                verdict_before=s.point(event["at"], 30) if judged else None,
                verdict_after=s.point(event["at"] + 30, 30) if judged else None,
                numbers={"ratio": 0.28, "ratio_low": 0.2, "ratio_high": 0.39, "windows": 15} if judged else {},
                explanation=f"Change #{event['id']}: batch_size 32 -> {sizes[0]}.\n  Why: {event['reason']}.\n"
                            f"  Verdict: {event['verdict']}."))
        if route == "events":
            return self.stream()
        return self.refuse(404, "not_found", "there is no " + url.path)

    def stream(self):
        s, mine = self.service, queue.Queue()
        s.streaming.wait()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        with s.lock:
            s.streams.append(mine)
        try:
            for name in s.names:
                mine.put(("status", s.status(name)))
            while True:
                item = mine.get()
                if item is None:
                    return
                name, data = item
                self.wfile.write(f"event: {name}\ndata: {json.dumps(data)}\n\n".encode())
        except OSError:
            pass
        finally:
            with s.lock:
                s.streams.remove(mine)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "{}")
        s, name = self.service, self.path.rsplit("/", 1)[-1]
        target = body.get("target", s.names[0])
        if self.path.startswith("/fake/"):
            return self.answer(200, self.fake(name, body, target))
        if not self.allowed():
            return
        value = next(iter(body.get("settings", {"": 0}).values()))
        if value > 400:
            return self.refuse(400, "bad_body", f"settings: {value} is not allowed; allowed: from 8 to 400")
        return self.answer(200, s.command(name, target, body))

    def allowed(self):
        s = self.service
        if self.headers.get("Authorization") == "Bearer " + s.token:
            s.let_in.set()
            return True
        if s.guarded and self.path == "/api/v1/status":
            s.refused += 1
            if s.refused > 1:  # The answer comes when somebody was let in since.
                s.held.set()
                s.let_in.wait(300)
        self.refuse(401, "unauthorized", "a request needs Authorization: Bearer TOKEN, the text in the server's "
                                         "admin.token_file")
        return False

    def fake(self, name, body, target):
        """What a test has happen: points sent fast, a decision, a verdict, a state."""
        s = self.service
        if name == "burst":
            for _ in range(body["points"]):
                s.ahead += 1
                s.publish("point", {"target": target, "point": s.point(time.time() + s.ahead)})
        elif name == "decide":
            at = next((e["at"] for e in s.events[target] if e["id"] == body["id"]), time.time())
            s.add(s.decision(target, body["id"], at, body["verdict"]))
        elif name == "state":
            s.state[target] = (body["state"], body["reason"])
            s.publish("status", s.status(target))
        elif name == "hang-up":  # Nobody is let in again before `let-in`.
            s.streaming.clear()
            with s.lock:
                for stream in s.streams:
                    stream.put(None)
        elif name == "let-in":
            s.streaming.set()
        return {}


def start(port=0, decisions=12, token="t" * 16, targets=1, guarded=False):
    """@returns a server that runs in a thread of its own; `server_port` is its port."""
    service = Service(decisions, token, targets, guarded)
    server = ThreadingHTTPServer(("127.0.0.1", port), type("Bound", (Handler,), {"service": service}))
    server.daemon_threads = True
    server.service = service

    def tick():
        while True:
            time.sleep(1)
            for name in service.names:
                service.publish("point", {"target": name, "point": service.point(time.time())})

    threading.Thread(target=server.serve_forever, daemon=True).start()
    threading.Thread(target=tick, daemon=True).start()
    return server


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--port", type=int, default=9464)
    options.add_argument("--decisions", type=int, default=2000)
    options.add_argument("--token", default="t" * 16)
    options.add_argument("--targets", type=int, default=1)
    given = options.parse_args()
    print(f"http://127.0.0.1:{start(given.port, given.decisions, given.token, given.targets).server_port}", flush=True)
    threading.Event().wait()
