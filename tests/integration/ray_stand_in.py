"""What Ray Serve's dashboard does with applications: `ready PORT`, then serves.

    ray_stand_in.py [PORT]

A GET shows more than, and other than, a PUT takes; what a PUT leaves out is gone. The
metrics are those of 300 requests/s, which wait for a batch as long as the config says.
"""
import http.server
import json
import sys
import time

FIELDS = {"proxy_location", "http_options", "grpc_options", "logging_config", "applications"}
deployed = [{"name": name, "route_prefix": "/" + name, "import_path": name + ":app",
             "deployments": [{"name": "D", "num_replicas": 1,
                              "user_config": {"max_batch_size": 8, "batch_wait_timeout_s": 0.01,
                                              "weight": 0.1}}]}
            for name in ("a", "b")]


def shown():
    return {"controller_info": {"node_id": "n"}, "proxy_location": "HeadOnly",
            "http_options": {"host": "127.0.0.1", "port": 8000}, "proxies": {},
            "applications": {
                x["name"]: {"name": x["name"], "status": "RUNNING", "deployed_app_config": x,
                            "deployments": {d["name"]: {"status": "HEALTHY", "deployment_config": d}
                                            for d in x["deployments"]}}
                for x in deployed}}


RATE = 300
BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
counts = [0.0] * len(BOUNDS_MS)  # Cumulative, like the next two.
total = sum_ms = 0.0
counted_at = time.monotonic()


def count():
    """Adds what happened since the last time, under one and the same config."""
    global counted_at, total, sum_ms
    now = time.monotonic()
    requests = RATE * (now - counted_at)
    counted_at = now
    wanted = deployed[0]["deployments"][0]["user_config"]
    wait_ms = 1000 * wanted["batch_wait_timeout_s"]
    batch = min(1 + RATE * wait_ms / 1000, max(wanted["max_batch_size"], 1))
    serve_ms = 2 + 0.5 * batch
    total += requests
    sum_ms += requests * (wait_ms / 2 + serve_ms)
    for i, bound in enumerate(BOUNDS_MS):  # The waits are even up to the longest.
        part = (bound - serve_ms) / wait_ms if wait_ms > 0 else float(bound >= serve_ms)
        counts[i] += requests * min(max(part, 0), 1)


def metrics():
    count()
    name, labels = "ray_serve_deployment_processing_latency_ms", 'application="a",deployment="D"'
    lines = [f'{name}_bucket{{{labels},le="{bound}"}} {int(n)}'
             for bound, n in zip(BOUNDS_MS + ["+Inf"], counts + [total])]
    return "\n".join(lines + [f"{name}_sum{{{labels}}} {sum_ms}",
                              f"{name}_count{{{labels}}} {int(total)}", ""])


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, text):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        if self.path == "/metrics":
            return self.answer(200, metrics())
        odd = {"/html": "<html>hello</html>", "/cut": '{"applications":{"a"',
               "/large": "[" + "1," * 5_000_000 + "1]"}
        self.answer(200, odd.get(self.path) or json.dumps(shown()))

    def do_PUT(self):
        global deployed
        new = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        unknown = set(new) - FIELDS
        if unknown or not isinstance(new.get("applications"), list):
            return self.answer(400, "extra fields not permitted: " + ", ".join(sorted(unknown)))
        count()
        deployed = new["applications"]
        return self.answer(200, "")


server = http.server.ThreadingHTTPServer(
    ("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Handler)
print("ready", server.server_address[1], flush=True)
server.serve_forever()
