"""The unmodified Python SDK against `chatctl serve`: publish, history, presence and tokens.

Wants the packages of requirements.txt, and CHATCTL with the path of the binary.
"""

import asyncio
import json
import os
import subprocess
import tempfile
import unittest

from ably import AblyException, AblyRealtime, AblyRest

CHATCTL = os.environ["CHATCTL"]
KEY = "app.key:secret-of-the-tests"
PATIENCE = 20


class Smoke(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.home.cleanup)
        cls.server = subprocess.Popen(
            [CHATCTL, "serve", "--listen", "127.0.0.1:0", "--json"],
            env={"HOME": cls.home.name, "PATH": os.environ["PATH"], "ABLY_API_KEY": KEY},
            stdout=subprocess.PIPE,
            text=True,
        )
        cls.addClassCleanup(cls.stop)
        cls.port = json.loads(cls.server.stdout.readline())["port"]

    @classmethod
    def stop(cls):
        cls.server.kill()
        cls.server.wait(PATIENCE)
        cls.server.stdout.close()

    def rest(self, **options):
        return AblyRest(endpoint="127.0.0.1", port=self.port, tls=False, **options)

    def by_key(self, binary=True):
        return self.rest(key=KEY, use_token_auth=True, use_binary_protocol=binary)

    async def test_publish_and_history(self):
        for binary in (True, False):
            async with self.by_key(binary) as client:
                channel = client.channels.get(f"history-{binary}")
                sent = [("text", "grüße 👋"), ("object", {"z": [1, None], "a": 1.5}), ("bytes", bytearray([0, 255]))]
                for name, data in sent:
                    await channel.publish(name, data)
                page = await channel.history(direction="forwards")
                self.assertEqual([(item.name, item.data) for item in page.items], sent)
                self.assertFalse(page.has_next())

    async def test_tokens(self):
        async with self.by_key() as client:
            details = await client.auth.request_token({"client_id": "ann", "capability": {"allowed": ["publish"]}})
        self.assertEqual(details.client_id, "ann")
        async with self.rest(token_details=details) as ann:
            await ann.channels.get("allowed").publish("m", "in")
            with self.assertRaises(AblyException) as refused:
                await ann.channels.get("forbidden").publish("m", "out")
            self.assertEqual((refused.exception.code, refused.exception.status_code), (40160, 401))
        async with self.by_key() as client:
            items = (await client.channels.get("allowed").history()).items
            self.assertEqual([(item.client_id, item.data) for item in items], [("ann", "in")])
            self.assertEqual((await client.channels.get("forbidden").history()).items, [])

    async def test_realtime_and_presence(self):
        realtime = AblyRealtime(KEY, endpoint=f"127.0.0.1:{self.port}", tls=False, client_id="ann")
        try:
            channel = realtime.channels.get("presence")
            heard = asyncio.Queue()
            await asyncio.wait_for(channel.subscribe("m", heard.put_nowait), PATIENCE)
            await asyncio.wait_for(channel.presence.enter({"mood": "good"}), PATIENCE)
            async with self.by_key() as client:
                page = await client.channels.get("presence").presence.get()
                self.assertEqual([(item.client_id, item.data) for item in page.items], [("ann", {"mood": "good"})])
                await client.channels.get("presence").publish("m", {"a": 1})
            message = await asyncio.wait_for(heard.get(), PATIENCE)
            self.assertEqual(message.data, {"a": 1})
            await asyncio.wait_for(channel.presence.leave(), PATIENCE)
            async with self.by_key() as client:
                self.assertEqual((await client.channels.get("presence").presence.get()).items, [])
                past = await client.channels.get("presence").presence.history(direction="forwards")
                self.assertEqual(len(past.items), 2)
        finally:
            await asyncio.wait_for(realtime.close(), PATIENCE)


if __name__ == "__main__":
    unittest.main()
