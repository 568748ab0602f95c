"""What Triton does when a model is loaded anew: `ready PORT` when it serves.

    triton_stand_in.py [PORT]

Its metrics are those of 300 requests/s, which wait for a batch as long as the config
says, and are served by the batch.
"""
import http.server
import json
import sys
import threading
import time

FIELDS = {"name", "platform", "max_batch_size", "dynamic_batching", "version_policy"}
config = {"name": "m", "platform": "onnxruntime_onnx", "max_batch_size": 8,
          "dynamic_batching": {"preferred_batch_size": [4, 8],
                               "max_queue_delay_microseconds": 100},
          "version_policy": {"latest": {"num_versions": 1}}}


RATE = 300
totals = dict.fromkeys(("request_success", "request_failure", "request_duration_us",
                        "exec_count", "count", "compute_infer_duration_us"), 0.0)
counted_at = time.monotonic()


def count():
    """Adds what happened since the last time, under one and the same config."""
    global counted_at
    now = time.monotonic()
    requests = RATE * (now - counted_at)
    counted_at = now
    delay_us = config["dynamic_batching"].get("max_queue_delay_microseconds", 0)
    batch = min(1 + RATE * delay_us / 1e6, max(config.get("max_batch_size", 0), 1))
    service_us = 2000 + 500 * batch
    for name, each in (("request_success", 1), ("request_duration_us", delay_us / 2 + service_us),
                       ("exec_count", 1 / batch), ("count", 1),
                       ("compute_infer_duration_us", service_us / batch)):
        totals[name] += requests * each


def metrics():
    count()
    return "".join(f'nv_inference_{name}{{model="m",version="1"}} {int(value)}\n'
                   for name, value in totals.items())


def take_effect(new):
    global config
    count()
    config = new


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        if self.path == "/metrics":
            data = metrics().encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            return self.wfile.write(data)
        if self.path == "/v2/models/m/config":
            return self.answer(200, config)
        return self.answer(404, {"error": "unknown"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            new = json.loads(json.loads(body)["parameters"]["config"])
        except (ValueError, KeyError, TypeError):
            return self.answer(400, {"error": "failed to load 'm': no config"})
        unknown = set(new) - FIELDS
        delay = new.get("dynamic_batching", {}).get("max_queue_delay_microseconds", 0)
        if unknown or not isinstance(delay, int) or delay < 0:
            return self.answer(400, {"error": "failed to load 'm': bad config"})
        threading.Timer(0.02, take_effect, [new]).start()  # Shows the old one until then.
        return self.answer(200, {})


server = http.server.ThreadingHTTPServer(
    ("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Handler)
print("ready", server.server_address[1], flush=True)
server.serve_forever()
