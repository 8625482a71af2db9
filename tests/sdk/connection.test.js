// The connection itself, the calls around it, and the server's end.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';

import { FORMATS, Queue, Server, state, unique, within } from './helper.js';

/** One plain HTTP request; its status, headers and body. */
function call(server, path, { method = 'GET', headers = {}, body } = {}) {
  return within(new Promise((resolve, reject) => {
    const sent = request(server.url + path, { method, headers, agent: false }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString() }));
    });
    sent.on('error', reject);
    sent.end(body);
  }), `the answer to ${method} ${path}`);
}

const basic = (key) => ({ authorization: `Basic ${Buffer.from(key).toString('base64')}` });

for (const { name, binary } of FORMATS) {
  describe(`the connection in ${name}`, () => {
    let server;
    before(async () => { server = await Server.start(); });
    after(() => server.stop());

    it('ping is answered', async () => {
      // The SDK keeps a timer as long as this, even for a ping that was answered.
      const realtime = server.realtime({ useBinaryProtocol: binary, realtimeRequestTimeout: 5000 });
      await state(realtime, 'connected');
      const times = await within(Promise.all([realtime.connection.ping(), realtime.connection.ping()]), 'two pings');
      for (const milliseconds of times) assert.ok(milliseconds >= 0 && milliseconds < 5000, `${milliseconds} ms`);
    });

    it('close() is quick', async () => {
      const realtime = server.realtime({ useBinaryProtocol: binary });
      await state(realtime, 'connected');
      const closed = state(realtime, 'closed');
      const before = performance.now();
      realtime.close();
      await closed;
      const took = performance.now() - before;
      assert.ok(took < 5000, `closing took ${took} ms`);
    });

    it('CONNECTED says what the SDK needs to know', async () => {
      const realtime = server.realtime({ useBinaryProtocol: binary, clientId: 'ann' });
      await state(realtime, 'connected');
      assert.equal(realtime.auth.clientId, 'ann');
      assert.match(realtime.connection.id, /^\S{8,}$/);
      assert.match(realtime.connection.key, /^\S{12,}$/);
      assert.notEqual(realtime.connection.key, realtime.connection.id);
      const other = server.realtime({ useBinaryProtocol: binary });
      await state(other, 'connected');
      assert.notEqual(other.connection.id, realtime.connection.id);
      assert.notEqual(other.connection.key, realtime.connection.key);
    });

    it('time() is the time', async () => {
      const before = Date.now();
      const time = await server.rest({ useBinaryProtocol: binary }).time();
      assert.ok(time >= before && time <= Date.now(), `${time}`);
    });

    it('an unknown path is an error that the SDK can read', async () => {
      const rest = server.rest({ useBinaryProtocol: binary });
      const page = await rest.request('GET', '/no/such/path', 6, {});
      assert.deepEqual([page.success, page.statusCode, page.errorCode], [false, 404, 40400]);
      assert.match(page.errorMessage, /no\/such\/path/);
      const wrongMethod = await rest.request('DELETE', '/time', 6, {});
      assert.deepEqual([wrongMethod.statusCode, wrongMethod.errorCode], [404, 40400]);
    });

    it('presence of a room that nobody entered is an empty page', async () => {
      const page = await server.rest({ useBinaryProtocol: binary }).channels.get('room::$chat').presence.get();
      assert.deepEqual(page.items, []);
      assert.equal(page.hasNext(), false);
    });

    it('a server that ends says so, and the SDK goes on with its successor on the same port', async () => {
      const first = await Server.start();
      const realtime = first.realtime({ useBinaryProtocol: binary, disconnectedRetryTimeout: 100 });
      const changes = new Queue();
      realtime.connection.on((change) => changes.put(change));
      await changes.until(({ current }) => current === 'connected');
      const channel = realtime.channels.get('room');
      const heard = new Queue();
      await within(channel.subscribe(heard.put), 'the attach');

      const { status, stderr } = await first.program.stop('SIGTERM');
      assert.equal(status, 0, stderr);
      const { reason } = await changes.until(({ current }) => current === 'disconnected');
      assert.deepEqual([reason.code, reason.statusCode], [80003, 503]);

      const second = await Server.start({ port: first.port });
      try {
        await changes.until(({ current }) => current === 'connected', 'connected to the successor');
        await within(channel.whenState('attached'), 'attached again');
        await within(channel.publish('m', 'after'), 'the acknowledgement');
        assert.equal((await heard.take()).data, 'after');
      } finally {
        realtime.close();
        await second.stop();
      }
    });
  });
}

describe('plain HTTP', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(() => server.stop());

  it('errors have the headers and the body that browsers need', async () => {
    const answer = await call(server, '/no/such/path', { headers: { origin: 'http://app.example' } });
    assert.equal(answer.status, 404);
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.equal(answer.headers['x-ably-errorcode'], '40400');
    assert.ok(answer.headers['x-ably-errormessage']);
    const { error } = JSON.parse(answer.body);
    assert.deepEqual([error.code, error.statusCode, error.href], [40400, 404, 'https://help.ably.io/error/40400']);
    assert.equal(typeof error.message, 'string');
    assert.equal(answer.headers['access-control-allow-origin'], 'http://app.example');
    assert.equal(answer.headers['access-control-allow-credentials'], 'true');
    const exposed = answer.headers['access-control-expose-headers'].toLowerCase().split(/, */);
    for (const header of ['link', 'x-ably-errorcode', 'x-ably-errormessage']) assert.ok(exposed.includes(header), header);
  });

  it('a preflight is answered', async () => {
    const answer = await call(server, '/chat/v4/rooms/r/messages', {
      method: 'OPTIONS',
      headers: {
        origin: 'http://app.example',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'authorization,x-ably-version',
      },
    });
    assert.equal(answer.status, 204);
    const allowed = answer.headers['access-control-allow-methods'];
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) assert.ok(allowed.includes(method), method);
    assert.match(answer.headers['access-control-allow-headers'].toLowerCase(), /authorization/);
  });

  it('a message with an empty serial is not the list', async () => {
    const answer = await call(server, '/chat/v4/rooms/r/messages/', { headers: { ...basic(server.key), 'x-ably-clientid': 'YQ==' } });
    assert.deepEqual([answer.status, JSON.parse(answer.body).error.code], [404, 40400]);
  });

  it('a link keeps its parameters and names no credential', async () => {
    const headers = { ...basic(server.key), 'x-ably-clientid': 'YQ==', 'content-type': 'application/json' };
    const path = `/chat/v4/rooms/${unique('room')}/messages`;
    for (const text of ['1', '2']) {
      const sent = await call(server, path, { method: 'POST', headers, body: JSON.stringify({ text }) });
      assert.equal(sent.status, 201, sent.body);
    }
    const query = `limit=1&direction=forwards&orderBy=oldestFirst&clientId=a&key=${encodeURIComponent(server.key)}`;
    const answer = await call(server, `${path}?${query}`);
    assert.equal(answer.status, 200, answer.body);
    const links = answer.headers.link.split(',').map((link) => link.trim());
    assert.deepEqual(links.map((link) => link.match(/rel="(\w+)"/)[1]).sort(), ['current', 'first', 'next']);
    for (const link of links) {
      assert.match(link, /^<\.\/messages\?[^>]+>/);
      assert.match(link, /direction=forwards/);
      assert.doesNotMatch(link, /secret/);
    }
  });

  it('the credentials may be missing, unreadable or wrong: each has its code', async () => {
    const path = '/chat/v4/rooms/r/messages';
    const code = async (headers) => {
      const answer = await call(server, path, { headers });
      return [answer.status, Number(answer.headers['x-ably-errorcode'])];
    };
    assert.deepEqual(await code({}), [401, 40101]);
    assert.deepEqual(await code({ authorization: 'Digest x' }), [400, 40005]);
    assert.deepEqual(await code({ authorization: 'Basic ***' }), [400, 40005]);
    assert.deepEqual(await code({ authorization: 'Bearer not-a-token' }), [400, 40005]);
    assert.deepEqual(await code({ ...basic(server.key), 'x-ably-clientid': 'Kg==' }), [400, 40012]);
  });

  it('it is well, and answers people with a text', async () => {
    const json = { headers: { accept: 'application/json' } };
    const answers = [await call(server, '/healthz'), await call(server, '/'), await call(server, '/', json)];
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 404]);
  });
});
