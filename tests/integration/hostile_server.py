"""Answers HTTP requests in all the ways a foreign host should not, by path.

    hostile_server.py FOLDER

Makes a certificate for `localhost` in FOLDER, prints `ready PLAIN TLS`, its two
ports, and serves until it is killed.
"""

import gzip
import http.server
import os
import ssl
import socket
import struct
import subprocess
import sys
import threading
import time

METRICS = b"# TYPE done counter\ndone 42\n"
MIB = b"\0" * (1 << 20)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    connections = 0
    led_astray = 0

    def setup(self):
        super().setup()
        Handler.connections += 1

    def log_message(self, *_):
        pass

    def answer(self, body=METRICS, status=200, length=None, **headers):
        self.send_response(status)
        self.send_header("Content-Type", headers.pop("kind", "text/plain"))
        self.send_header("Content-Length", str(length or len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        name = self.path.strip("/").split("?")[0]
        try:
            getattr(self, "serve_" + name)()
        except (BrokenPipeError, ConnectionError, ssl.SSLError):
            self.close_connection = True

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = self.headers["Content-Type"]
        self.answer(self.command.encode() + b" " + body, kind=kind)

    do_POST = do_PUT

    def serve_repeat(self):
        self.answer(b"not for " + str(self.headers).encode(), status=403)

    def serve_ok(self):
        self.answer()

    def serve_gzip(self):
        assert self.headers["Accept-Encoding"] == "gzip"
        self.answer(gzip.compress(METRICS), Content_Encoding="gzip")

    def serve_authorization(self):
        self.answer((self.headers["Authorization"] or "none").encode())

    def serve_connections(self):
        self.answer(str(Handler.connections).encode())

    def serve_led_astray(self):
        Handler.led_astray += 1
        self.answer()

    def serve_was_led_astray(self):
        self.answer(str(Handler.led_astray).encode())

    def serve_hang(self):
        time.sleep(3600)

    def serve_drip(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        while True:
            self.wfile.write(b"#")
            self.wfile.flush()
            time.sleep(0.02)

    def serve_dripping_header(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while True:
            self.wfile.write(b"x")
            time.sleep(0.02)

    def serve_huge(self):
        self.send_response(200)
        self.send_header("Content-Length", str(1 << 30))
        self.end_headers()
        for _ in range(1 << 10):
            self.wfile.write(MIB)

    def serve_endless(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while True:
            self.wfile.write(b"100000\r\n" + MIB + b"\r\n")

    def serve_bomb(self):
        packed = gzip.compress(gzip.compress(MIB * 64))
        self.answer(packed, Content_Encoding="gzip, gzip")

    def serve_no_gzip(self):
        self.answer(b"this was never packed", Content_Encoding="gzip")

    def serve_endless_headers(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        line = b"".join(b"X-%d: " % i + b"y" * 1000 + b"\r\n" for i in range(1000))
        while True:
            self.wfile.write(line)

    def serve_redirect(self):
        host = self.server.server_address
        self.answer(b"", 302, Location="http://localhost:%d/led_astray" % host[1])

    def serve_redirect_to_file(self):
        self.answer(b"", 301, Location="file:///etc/passwd")

    def serve_cut(self):
        self.answer(b"done 4", length=1000)
        self.close_connection = True

    def serve_error(self):
        self.answer(b"oh no", 500)

    def serve_html(self):
        self.answer(b"<html>\n<body>Log in</body></html>\n", kind="text/html")

    def serve_noise(self):
        self.wfile.write(os.urandom(100000))
        self.close_connection = True

    def serve_reset(self):
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # Broken connections are what this is about.


def certificate(folder):
    names = [os.path.join(folder, x) for x in ("key.pem", "cert.pem")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", names[0], "-out", names[1]],
        check=True, capture_output=True)
    return names


def main():
    plain = Server(("127.0.0.1", 0), Handler)
    secure = Server(("127.0.0.1", 0), Handler)
    key, cert = certificate(sys.argv[1])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    secure.socket = context.wrap_socket(
        secure.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=secure.serve_forever, daemon=True).start()
    print("ready", plain.server_address[1], secure.server_address[1], flush=True)
    plain.serve_forever()


if __name__ == "__main__":
    main()
