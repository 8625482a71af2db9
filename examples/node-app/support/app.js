// An app of its own for each test, in the server that `chatctl exec` runs: tests that run side by side use the same
// room names and never meet.

import { createHmac } from 'node:crypto';

import { ChatClient } from '@ably/chat';
import Ably from 'ably';

import { faultsOf } from './faults.js';

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

/** A new app: clients of it by clientId, and its faults; all of it goes when the test `t` ends. */
export async function newApp(t) {
  const { appId, keys } = await call('POST', '/apps', ABLY_API_KEY);
  const key = keys[0].keyStr;
  const clients = [];
  t.after(async () => {
    for (const realtime of clients) realtime.close();
    await call('DELETE', `/apps/${appId}`, key);
  });
  const connect = (auth) => {
    const address = { endpoint: ABLY_ENDPOINT, port: Number(ABLY_PORT), tls: ABLY_TLS === 'true' };
    const realtime = new Ably.Realtime({ ...address, ...auth });
    clients.push(realtime);
    return new ChatClient(realtime);
  };
  return {
    faults: faultsOf(appId),
    /** A client with the app's key. */
    client: (clientId) => connect({ key, clientId }),
    /** A client that gets its tokens from `authCallback`. */
    clientWithToken: (authCallback) => connect({ authCallback }),
    /** A token for `clientId` that lives for `ttl` milliseconds, as the app's own server signs it. */
    newToken: (clientId, ttl) => signToken(key, clientId, ttl),
  };
}

/** Signs an Ably JWT. A real server uses a library for it. */
function signToken(key, clientId, ttl) {
  const [kid, secret] = key.split(':');
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    iat,
    exp: iat + ttl / 1000,
    'x-ably-capability': '{"*":["*"]}',
    'x-ably-clientId': clientId,
  };
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ typ: 'JWT', alg: 'HS256', kid })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** Waits for `span` milliseconds: of virtual time, where the tests run in it. */
export function sleep(span) {
  return new Promise((resolve) => setTimeout(resolve, span));
}

/** Waits until `check` gives something that is true. */
export async function until(check) {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const found = await check();
    if (found) return found;
    await sleep(5);
  }
  throw new Error(`it did not come true: ${check}`);
}
