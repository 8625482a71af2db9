// An app of its own for each test, in the server that `chatctl exec` runs: tests that run side by side use the same
// room names and never meet.

import { ChatClient } from '@ably/chat';
import Ably from 'ably';

const { ABLY_API_KEY, ABLY_ENDPOINT, ABLY_PORT, ABLY_TLS, CHATCTL_URL } = process.env;
if (!CHATCTL_URL) throw new Error("there is no server: run the tests with 'chatctl exec -- npm test'");

async function call(method, path, key) {
  const response = await fetch(CHATCTL_URL + path, {
    method,
    headers: { authorization: `Basic ${btoa(key)}`, 'content-type': 'application/json' },
    body: method === 'POST' ? '{}' : undefined,
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** A new app, and clients of it by clientId; all of it goes when the test `t` ends. */
export async function newApp(t) {
  const { appId, keys } = await call('POST', '/apps', ABLY_API_KEY);
  const key = keys[0].keyStr;
  const clients = [];
  t.after(async () => {
    for (const realtime of clients) realtime.close();
    await call('DELETE', `/apps/${appId}`, key);
  });
  return (clientId) => {
    const realtime = new Ably.Realtime({
      key,
      clientId,
      endpoint: ABLY_ENDPOINT,
      port: Number(ABLY_PORT),
      tls: ABLY_TLS === 'true',
    });
    clients.push(realtime);
    return new ChatClient(realtime);
  };
}

/** Waits until `check` gives something that is true. */
export async function until(check) {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    const found = await check();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`it did not come true: ${check}`);
}
