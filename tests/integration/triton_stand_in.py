"""What Triton does when a model is loaded anew: `ready PORT` when it serves."""
import http.server
import json
import threading

FIELDS = {"name", "platform", "max_batch_size", "dynamic_batching", "version_policy"}
config = {"name": "m", "platform": "onnxruntime_onnx", "max_batch_size": 8,
          "dynamic_batching": {"preferred_batch_size": [4, 8],
                               "max_queue_delay_microseconds": 100},
          "version_policy": {"latest": {"num_versions": 1}}}


def take_effect(new):
    global config
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


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print("ready", server.server_address[1], flush=True)
server.serve_forever()
