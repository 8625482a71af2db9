// Tokens from auth servers: chatctl's own, and one as an app would write it; through renewal and revocation.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';

import { ChatClient, LogLevel } from '@ably/chat';
import Ably from 'ably';
import jwt from 'jsonwebtoken';

import {
  enter, FORMATS, KEY, Program, Queue, Server, state, temporaryPath, tokens, unique, within,
} from './helper.js';

const USERS = `
[users.ann]
client-id = "ann"
grant     = { "dms:*" = ["send-messages", "receive-messages"] }
claims    = { "dms:*" = '{"role":"member"}' }

[users.mallory]
banned = true
`;

/** A running `chatctl token serve`, and where it is. */
async function authServer(...args) {
  const program = new Program(['token', 'serve', '--listen', '127.0.0.1:0', '--json', ...args], { ABLY_API_KEY: KEY });
  const first = await Promise.race([
    program.lines.take('the auth server is ready'),
    program.ended.then(({ stderr }) => Promise.reject(new Error(`the auth server ended: ${stderr}`))),
  ]);
  return { program, ...JSON.parse(first) };
}

/** The changes of a connection from now on. */
function changesOf(realtime) {
  const changes = new Queue();
  realtime.connection.on(({ previous, current, reason }) => {
    changes.put({ event: previous === current ? 'update' : current, current, code: reason?.code });
  });
  return changes;
}

for (const { name: format, binary } of FORMATS) {
  describe(`authUrl in ${format}`, () => {
    let server;
    const running = [];
    before(async () => { server = await Server.start(); });
    after(async () => {
      await server.stop();
      for (const program of running) await program.stop();
    });

    const serve = async (...args) => {
      const auth = await authServer(...args);
      running.push(auth.program);
      return auth;
    };
    const by = (authUrl, extra = {}) => server.chat({
      key: undefined, clientId: 'ann', useBinaryProtocol: binary, authUrl, ...extra,
    });

    for (const path of ['jwt', 'token']) {
      it(`token serve's /api/ably-${path} feeds a client through its renewal, on one connection`, async () => {
        // The server asks for a new token 30 s before the old one ends.
        const auth = await serve('--ttl', '33s');
        const name = unique('room');
        const speaker = await enter(server.chat({ useBinaryProtocol: binary, clientId: 'bob' }), name);
        const chat = by(auth[path]);
        const changes = changesOf(chat.realtime);
        const { room, messages } = await enter(chat, name);
        assert.equal(chat.clientId, 'ann');
        const { id } = chat.realtime.connection;
        const { token } = chat.realtime.auth.tokenDetails;
        const sent = [];
        const renewed = changes.until(({ event }) => event === 'update', 'the update');
        let done = false;
        renewed.finally(() => { done = true; }).catch(() => {});
        while (!done) sent.push((await speaker.room.messages.send({ text: `${sent.length}` })).serial);
        assert.equal((await renewed).current, 'connected');
        sent.push((await room.messages.send({ text: 'own, with the new token' })).serial);
        assert.notEqual(chat.realtime.auth.tokenDetails.token, token);
        assert.equal(chat.realtime.connection.id, id);
        assert.deepEqual(changes.left.filter(({ current }) => current !== 'connected'), []);
        const heard = [];
        for (const _ of sent) heard.push((await messages.take()).message.serial);
        assert.deepEqual(heard, sent);
        assert.deepEqual(messages.left, []);
      });
    }

    it('a token too short for a prompt ends the connection, and the next one resumes it', async () => {
      const auth = await serve('--ttl', '3s');
      const name = unique('room');
      const speaker = await enter(server.chat({ useBinaryProtocol: binary, clientId: 'bob' }), name);
      const chat = by(auth.jwt);
      const { room, messages } = await enter(chat, name);
      const discontinuities = new Queue();
      room.onDiscontinuity(discontinuities.put);
      const changes = changesOf(chat.realtime);
      await speaker.room.messages.send({ text: 'before' });
      const ended = await changes.until(({ current }) => current === 'disconnected', 'the end of the token');
      assert.equal(ended.code, 40142);
      await speaker.room.messages.send({ text: 'meanwhile' });
      await changes.until(({ current }) => current === 'connected', 'connected again');
      await room.messages.send({ text: 'after' });
      for (const text of ['before', 'meanwhile', 'after']) assert.equal((await messages.take()).message.text, text);
      assert.deepEqual(discontinuities.left, []);
    });

    it('POST, headers and parameters reach it, and --users says what a token holds', async () => {
      const file = temporaryPath('users.toml');
      writeFileSync(file, USERS);
      const auth = await serve('--users', file);
      for (const authMethod of ['GET', 'POST']) {
        for (const path of ['jwt', 'token']) {
          const chat = by(auth[path], { authMethod, authParams: { user: 'ann' } });
          const { room, messages } = await enter(chat, 'dms:1');
          const sent = await room.messages.send({ text: 'hi' });
          assert.deepEqual([sent.clientId, sent.userClaim], ['ann', '{"role":"member"}']);
          assert.equal((await messages.take()).message.serial, sent.serial);
          await assert.rejects(room.messages.history({ limit: 1 }), { code: 40160, statusCode: 401 });
          const elsewhere = await chat.rooms.get('lobby');
          await assert.rejects(elsewhere.messages.send({ text: 'no' }), { code: 40160, statusCode: 401 });
          chat.realtime.close();
        }
      }
    });

    it('who must not have a token is refused for good, who names nobody may come back', async () => {
      const file = temporaryPath('users.toml');
      writeFileSync(file, USERS);
      const auth = await serve('--users', file);
      for (const path of ['jwt', 'token']) {
        for (const clientId of ['mallory', 'not-in-the-file']) {
          const { reason } = await state(by(auth[path], { clientId }).realtime, 'failed');
          assert.deepEqual([reason.code, reason.statusCode], [80019, 403], clientId);
        }
        const nameless = by(auth[path], { clientId: null });
        const { reason } = await state(nameless.realtime, 'disconnected', 'failed');
        assert.equal(nameless.connection.status, 'disconnected');
        assert.deepEqual([reason.code, reason.statusCode], [80019, 401]);
        nameless.realtime.close();
      }
    });

    it('a plain fetch gets a token as text from both paths', async () => {
      const auth = await serve();
      for (const path of ['jwt', 'token']) {
        const authCallback = async (_, done) => {
          const answer = await fetch(`${auth[path]}?clientId=ann`);
          done(null, await answer.text());
        };
        const { room, messages } = await enter(server.chat({ useBinaryProtocol: binary, authCallback }), unique('room'));
        const sent = await room.messages.send({ text: 'hi' });
        assert.equal(sent.clientId, 'ann');
        assert.equal((await messages.take()).message.serial, sent.serial);
      }
    });
  });

  describe(`revocation in ${format}`, () => {
    let server;
    before(async () => {
      const config = temporaryPath('server.toml');
      writeFileSync(config, [
        '[[keys]]', `key = "${KEY}"`, 'revocable-tokens = true',
        '[[keys]]', 'key = "app.other:other-secret"', '',
      ].join('\n'));
      const ready = temporaryPath('ready');
      const program = new Program(
        ['serve', '--config', config, '--listen', '127.0.0.1:0', '--ready-file', ready, '--json'],
      );
      await Promise.race([
        program.lines.take('the server is ready'),
        program.ended.then(({ stderr }) => Promise.reject(new Error(`the server ended: ${stderr}`))),
      ]);
      server = new Server(program, JSON.parse(readFileSync(ready, 'utf8')));
    });
    after(() => server.stop());

    const revoke = async (...args) => {
      const { status, stdout, stderr } = await server.chatctl(['token', 'revoke', '--force', ...args]);
      assert.equal(status, 0, stdout + stderr);
    };

    for (const [what, details, args] of [
      ['its clientId', { clientId: 'ann-1' }, ['--client', 'ann-1']],
      ['its group', { clientId: 'ann-2', claims: { 'x-ably-revocation-key': 'team' } }, ['--revocation-key', 'team']],
      ['what it may do', { clientId: 'ann-3', capability: { 'dms:*': ['*'] } }, ['--channel', 'dms:*']],
    ]) {
      it(`by ${what}: the client is told 40141, comes back with a new token and goes on`, async () => {
        const name = `dms:${unique('room')}`;
        const bystander = server.chat({
          useBinaryProtocol: binary, authCallback: tokens(() => server.token({ clientId: 'bystander' })),
        });
        const other = await enter(bystander, name);
        const undisturbed = changesOf(bystander.realtime);
        const callback = tokens(() => server.token(details));
        const chat = server.chat({ useBinaryProtocol: binary, authCallback: callback });
        const { room, messages } = await enter(chat, name);
        const discontinuities = new Queue();
        room.onDiscontinuity(discontinuities.put);
        const old = chat.realtime.auth.tokenDetails.token;
        const changes = changesOf(chat.realtime);
        await other.room.messages.send({ text: 'before' });
        await revoke(...args);
        const told = await changes.take('the revocation');
        assert.deepEqual([told.current, told.code], ['disconnected', 40141]);
        await other.room.messages.send({ text: 'meanwhile' });
        await changes.until(({ current }) => current === 'connected', 'connected again');
        assert.equal(callback.calls, 2);
        await room.messages.send({ text: 'after' });
        for (const text of ['before', 'meanwhile', 'after']) assert.equal((await messages.take()).message.text, text);
        assert.deepEqual(discontinuities.left, []);
        assert.deepEqual(undisturbed.left, []);

        // The old token is dead everywhere: there is nothing to renew with.
        const stuck = server.realtime({ useBinaryProtocol: binary, token: old });
        const { reason } = await state(stuck, 'failed');
        assert.equal(reason.code, 40171);
        const answer = await fetch(`${server.url}/channels/${encodeURIComponent(name)}/messages`, {
          headers: { authorization: `Bearer ${Buffer.from(old).toString('base64')}` },
        });
        assert.deepEqual([answer.status, answer.headers.get('x-ably-errorcode')], [401, '40141']);
      });
    }

    it('with the margin the client renews before it is cut off, on its connection', async () => {
      const callback = tokens(() => server.token({ clientId: 'ann-4' }));
      const realtime = server.realtime({ useBinaryProtocol: binary, authCallback: callback });
      await state(realtime, 'connected');
      const { id } = realtime.connection;
      const changes = changesOf(realtime);
      await revoke('--client', 'ann-4', '--allow-reauth-margin');
      const { event, current } = await changes.take('the update');
      assert.deepEqual([event, current], ['update', 'connected']);
      assert.equal(callback.calls, 2);
      assert.equal(realtime.connection.id, id);
    });

    it('of a key whose tokens are not revocable is refused with the code', async () => {
      const { status, stderr } = await server.chatctl(
        ['token', 'revoke', '--force', '--client', 'ann', '--json'], { ABLY_API_KEY: 'app.other:other-secret' },
      );
      assert.notEqual(status, 0);
      assert.equal(JSON.parse(stderr.trim().split('\n').at(-1)).error.code, 40163);
    });
  });

  // Written as the documents of the hosted service tell an app to, with nothing of chatctl but the address.
  describe(`an app of one's own in ${format}`, () => {
    let server;
    let app;
    let appUrl;
    let signed;
    before(async () => {
      server = await Server.start();
      signed = (clientId) => ({ 'x-ably-clientId': clientId });
      const [keyName, keySecret] = KEY.split(':');
      app = createServer((request, response) => {
        const user = new URL(request.url, 'http://app').searchParams.get('user');
        const token = jwt.sign(signed(user), keySecret, { algorithm: 'HS256', keyid: keyName, expiresIn: '1h' });
        response.setHeader('Content-Type', 'application/jwt');
        response.end(token);
      });
      await new Promise((resolve) => app.listen(0, '127.0.0.1', resolve));
      appUrl = `http://127.0.0.1:${app.address().port}/api/ably-jwt`;
    });
    after(async () => {
      await server.stop();
      app.closeAllConnections();
      await new Promise((resolve) => app.close(resolve));
    });

    const opened = (user) => {
      const realtimeClient = new Ably.Realtime({
        endpoint: '127.0.0.1',
        port: server.port,
        tls: false,
        useBinaryProtocol: binary,
        logLevel: 0,
        authCallback: async (tokenParams, callback) => {
          try {
            const response = await fetch(`${appUrl}?user=${user}`);
            callback(null, await response.text());
          } catch (error) {
            callback(error, null);
          }
        },
      });
      server.clients.add(realtimeClient);
      return new ChatClient(realtimeClient, { logLevel: LogLevel.Silent });
    };

    it('a JWT server without the SDK: sign in, chat', async () => {
      signed = (clientId) => ({
        'x-ably-capability': JSON.stringify({ '*': ['publish', 'subscribe', 'presence', 'history'] }),
        'x-ably-clientId': clientId,
      });
      const chatClient = opened('user-123');
      const room = await chatClient.rooms.get('my-chat-room');
      const texts = new Queue();
      room.messages.subscribe((event) => texts.put(`${event.message.clientId}: ${event.message.text}`));
      await room.attach();
      await room.messages.send({ text: 'Hello' });
      assert.equal(await texts.take(), 'user-123: Hello');
      assert.equal(chatClient.clientId, 'user-123');
    });

    it('claims: the most specific one goes with each event, and the client can not choose it', async () => {
      signed = (clientId) => ({
        'x-ably-clientId': clientId,
        'ably.room.my-chat-room': JSON.stringify({ role: 'moderator' }),
        'ably.room.support:*': JSON.stringify({ role: 'agent' }),
        'ably.room.*': JSON.stringify({ role: 'guest' }),
      });
      const chatClient = opened('user-123');
      for (const [name, role] of [['my-chat-room', 'moderator'], ['support:42', 'agent'], ['lobby', 'guest']]) {
        const room = await chatClient.rooms.get(name);
        const claims = new Queue();
        const put = (event) => claims.put(JSON.parse(event.userClaim).role);
        room.messages.subscribe(({ message }) => put(message));
        room.presence.subscribe(({ member }) => put(member));
        room.typing.subscribe(({ change }) => put(change));
        room.reactions.subscribe(({ reaction }) => put(reaction));
        await room.attach();
        await room.messages.send({ text: 'Hello', metadata: { userClaim: 'admin' } });
        await room.presence.enter({ userClaim: 'admin' });
        await room.typing.keystroke();
        await room.reactions.send({ name: 'like', metadata: { userClaim: 'admin' } });
        for (let n = 0; n < 4; n += 1) assert.equal(await claims.take(), role);
      }
      chatClient.realtime.close();
    });

    it('capabilities: one room, a namespace, all rooms', async () => {
      for (const [scope, inside, outside] of [
        ['my-chat-room', ['my-chat-room'], ['my-chat-room-2', 'dms:a', 'lobby']],
        ['dms:*', ['dms:a', 'dms:a:b', 'dms'], ['my-chat-room', 'dmsx']],
        ['*', ['my-chat-room', 'dms:a', 'lobby'], []],
      ]) {
        signed = (clientId) => ({
          'x-ably-capability': JSON.stringify({ [scope]: ['publish', 'subscribe'] }),
          'x-ably-clientId': clientId,
        });
        const chatClient = opened('user-123');
        for (const name of inside) {
          const room = await chatClient.rooms.get(name);
          await room.attach();
          assert.equal((await room.messages.send({ text: 'in' })).clientId, 'user-123');
        }
        for (const name of outside) {
          const room = await chatClient.rooms.get(name);
          await assert.rejects(room.messages.send({ text: 'out' }), { code: 40160, statusCode: 401 });
          await assert.rejects(room.attach(), { code: 40160, statusCode: 401 });
        }
      }
    });
  });
}

describe('serve --dev', () => {
  /** The server at the one place where it may be: whoever else has it is waited for. */
  async function dev() {
    const ready = temporaryPath('ready');
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const program = new Program(['serve', '--dev', '--ready-file', ready, '--json']);
      const started = await Promise.race([program.lines.take('the server is ready'), program.ended]);
      if (typeof started === 'string') return new Server(program, JSON.parse(started));
      assert.match(started.stderr, /9080/);
      await within(new Promise((resolve) => {
        connect(9080, '127.0.0.1').on('error', resolve).on('close', resolve).resume();
      }), 'that port 9080 is free');
    }
    throw new Error('port 9080 was never free: something else is listening there');
  }

  it('answers both auth paths, for SDKs and for a plain fetch', async () => {
    const server = await dev();
    try {
      assert.equal(server.url, 'http://127.0.0.1:9080');
      assert.equal(server.key, 'dev.local:dev-secret-not-for-production');
      for (const { binary } of FORMATS) {
        for (const path of ['jwt', 'token']) {
          const authUrl = `${server.url}/api/ably-${path}`;
          const authParams = { claim: 'lobby={"role":"tester"}' };
          const chat = server.chat({ key: undefined, clientId: 'ann', useBinaryProtocol: binary, authUrl, authParams });
          const { room, messages } = await enter(chat, 'lobby');
          const sent = await room.messages.send({ text: path });
          assert.equal(sent.clientId, 'ann');
          if (path === 'jwt') assert.equal(sent.userClaim, '{"role":"tester"}');
          assert.equal((await messages.take()).message.serial, sent.serial);

          const token = await (await fetch(`${authUrl}?clientId=bob`)).text();
          const plain = server.chat({ useBinaryProtocol: binary, token });
          assert.equal((await (await plain.rooms.get('lobby')).messages.send({ text: 'hi' })).clientId, 'bob');
          assert.equal((await messages.take()).message.clientId, 'bob');
        }
      }
    } finally {
      await server.stop();
    }
  });
});
