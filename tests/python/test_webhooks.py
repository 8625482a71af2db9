"""Webhooks of `chatctl serve`, received and verified by Python's own library.

Wants CHATCTL with the path of the binary.
"""

import base64
import hashlib
import hmac
import http.server
import json
import os
import queue
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

CHATCTL = os.environ["CHATCTL"]
SECRET = "notARealSecret_1"
KEY = f"app.key:{SECRET}"
PATIENCE = 20


def signature(body):
    """The signature of a body, as Ably's documents have it."""
    return base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()


class Endpoint(http.server.BaseHTTPRequestHandler):
    """Keeps what it gets."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.put((dict(self.headers.items()), body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Webhooks(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.TemporaryDirectory()
        self.addCleanup(self.home.cleanup)
        self.endpoint = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
        self.endpoint.got = queue.Queue()
        threading.Thread(target=self.endpoint.serve_forever, daemon=True).start()
        self.addCleanup(self.endpoint.server_close)
        self.addCleanup(self.endpoint.shutdown)

    def serve(self, rule_format):
        config = Path(self.home.name, "rules.toml")
        config.write_text(
            f"""
            [[rules]]
            id = "store"
            rule-type = "http"
            request-mode = "batch"
            source = {{ type = "channel.message" }}
            target = {{ url = "http://127.0.0.1:{self.endpoint.server_port}/", format = "{rule_format}", signing-key-id = "key" }}
            """
        )
        env = {"HOME": self.home.name, "PATH": os.environ["PATH"], "ABLY_API_KEY": KEY}
        arguments = [CHATCTL, "serve", "--listen", "127.0.0.1:0", "--json", "--config", str(config)]
        server = subprocess.Popen(arguments, env=env, stdout=subprocess.PIPE, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait, PATIENCE)
        self.addCleanup(server.kill)
        env["ABLY_ENDPOINT"] = json.loads(server.stdout.readline())["url"]
        return env

    def send(self, env, text):
        subprocess.run([CHATCTL, "room", "send", "grün", text], env=env, check=True, stdout=subprocess.DEVNULL)

    def check(self, headers, body):
        self.assertEqual(headers["x-ably-key"], "app.key")
        self.assertTrue(hmac.compare_digest(headers["x-ably-signature"], signature(body)))

    def test_batches_are_signed_as_documented(self):
        env = self.serve("json")
        texts = ["größer", "x" * 10_000, "last"]
        for text in texts:
            self.send(env, text)
        received = []
        while len(received) < len(texts):
            headers, body = self.endpoint.got.get(timeout=PATIENCE)
            self.check(headers, body)
            for item in json.loads(body)["items"]:
                self.assertEqual(item["data"]["channelId"], "grün::$chat")
                received += [json.loads(message["data"])["text"] for message in item["data"]["messages"]]
        self.assertEqual(received, texts)

    def test_messagepack_is_signed_over_its_bytes(self):
        env = self.serve("msgpack")
        self.send(env, "größer")
        headers, body = self.endpoint.got.get(timeout=PATIENCE)
        self.assertEqual(headers["content-type"], "application/x-msgpack")
        self.check(headers, body)
        self.assertIn("größer".encode(), body)

    def test_verify_takes_what_python_signs(self):
        for body in [b'{"items":[]}', '{"x":"grün"}'.encode(), b"\x81\xa1x\x01", b""]:
            for given, status in [(signature(body), 0), (signature(body + b" "), 1)]:
                arguments = [CHATCTL, "webhook", "verify", "--key", KEY, "--signature", given]
                ran = subprocess.run(
                    arguments, input=body, env={"HOME": self.home.name}, stdout=subprocess.DEVNULL, check=False
                )
                self.assertEqual(ran.returncode, status, body)


if __name__ == "__main__":
    unittest.main()
