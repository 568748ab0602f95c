"""What Ray Serve's dashboard does with applications: `ready PORT`, then serves.

A GET shows more than, and other than, a PUT takes; what a PUT leaves out is gone.
"""
import http.server
import json

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
        odd = {"/html": "<html>hello</html>", "/cut": '{"applications":{"a"',
               "/large": "[" + "1," * 5_000_000 + "1]"}
        self.answer(200, odd.get(self.path) or json.dumps(shown()))

    def do_PUT(self):
        global deployed
        new = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        unknown = set(new) - FIELDS
        if unknown or not isinstance(new.get("applications"), list):
            return self.answer(400, "extra fields not permitted: " + ", ".join(sorted(unknown)))
        deployed = new["applications"]
        return self.answer(200, "")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print("ready", server.server_address[1], flush=True)
server.serve_forever()
