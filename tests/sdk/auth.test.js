// Who may do what, and as whom: keys, JWTs, capabilities, user claims, renewal.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import Ably from 'ably';

import { enter, FORMATS, KEY, Queue, Server, state, tokens, unique, within } from './helper.js';

for (const { name, binary } of FORMATS) {
  describe(`authentication in ${name}`, () => {
    let server;
    before(async () => { server = await Server.start(); });
    after(() => server.stop());

    const withToken = (make, extra = {}) => {
      const authCallback = typeof make === 'function' ? make : tokens(() => make);
      return { useBinaryProtocol: binary, authCallback, ...extra };
    };

    it('a JWT connects, as the client that it names', async () => {
      const chat = server.chat(withToken(server.token({ clientId: 'ann', capability: { '*': ['*'] } })));
      const { room, messages } = await enter(chat, unique('room'));
      assert.equal(chat.clientId, 'ann');
      const sent = await room.messages.send({ text: 'hi' });
      assert.equal(sent.clientId, 'ann');
      assert.equal((await messages.take()).message.clientId, 'ann');
    });

    it('a key with a clientId sends as that client', async () => {
      const chat = server.chat({ useBinaryProtocol: binary, clientId: 'grüße 👋' });
      const { room } = await enter(chat, unique('room'));
      assert.equal((await room.messages.send({ text: 'hi' })).clientId, 'grüße 👋');
    });

    it('a client without an identity may not speak in a room', async () => {
      const chat = server.chat(withToken(server.token({ capability: { '*': ['*'] } })));
      const room = await chat.rooms.get(unique('room'));
      await assert.rejects(room.messages.send({ text: 'hi' }), { code: 40161, statusCode: 401 });
      await assert.rejects(within(room.attach(), 'the refusal'), { code: 40161, statusCode: 401 });
    });

    it('what the capability does not give is 40160, and leaves no trace', async () => {
      const name = unique('room');
      const witness = await enter(server.chat({ useBinaryProtocol: binary }), name);

      const reader = server.chat(withToken(server.token({
        clientId: 'reader', capability: { [name]: ['subscribe', 'history'] },
      })));
      const { room, messages } = await enter(reader, name);
      await assert.rejects(room.messages.send({ text: 'forbidden' }), { code: 40160, statusCode: 401 });
      const channel = reader.realtime.channels.get(`${name}::$chat`);
      await assert.rejects(
        within(channel.publish('chat.message', { text: 'forbidden' }), 'the refusal'),
        { code: 40160, statusCode: 401 },
      );

      const sent = await witness.room.messages.send({ text: 'allowed' });
      assert.equal((await messages.take()).message.serial, sent.serial);
      assert.equal((await witness.messages.take()).message.serial, sent.serial);
      assert.deepEqual((await room.messages.history({ limit: 10 })).items.map(({ text }) => text), ['allowed']);
    });

    it('without history there is no reading, without any mode no attach', async () => {
      const name = unique('room');
      const writer = server.chat(withToken(server.token({ clientId: 'writer', capability: { [name]: ['publish'] } })));
      const room = await writer.rooms.get(name);
      await room.messages.send({ text: 'allowed' });
      await assert.rejects(room.messages.history({ limit: 1 }), { code: 40160, statusCode: 401 });
      const other = await writer.rooms.get(unique('elsewhere'));
      await assert.rejects(within(other.attach(), 'the refusal'), { code: 40160, statusCode: 401 });
      await assert.rejects(other.messages.send({ text: 'forbidden' }), { code: 40160, statusCode: 401 });
      assert.equal(writer.connection.status, 'connected');
    });

    it('a namespace gives its rooms and no others', async () => {
      const chat = server.chat(withToken(server.token({
        clientId: 'ann', capability: { 'dms:*': ['publish', 'subscribe'] },
      })));
      const { room, messages } = await enter(chat, 'dms:a:b');
      await room.messages.send({ text: 'in' });
      assert.equal((await messages.take()).message.text, 'in');
      const outside = await chat.rooms.get('dmsx');
      await assert.rejects(outside.messages.send({ text: 'out' }), { code: 40160 });
    });

    it('the claim of the most specific pattern arrives in answer, event, get, history and chatctl', async () => {
      const name = `support:${unique('room')}`;
      const chat = server.chat(withToken(server.token({
        clientId: 'ann',
        capability: { '*': ['*'] },
        claims: {
          'ably.room.*': 'anyone',
          'ably.room.support:*': '{"role":"agent"}',
          [`ably.room.${name}`]: '{"role":"moderator"}',
        },
      })));
      const { room, messages } = await enter(chat, name);
      const tail = await server.tail([name, '--limit', '1']);
      const sent = await room.messages.send({ text: 'hi' });
      const claim = '{"role":"moderator"}';
      assert.equal(sent.userClaim, claim);
      assert.equal((await messages.take()).message.userClaim, claim);
      assert.equal((await room.messages.get(sent.serial)).userClaim, claim);
      assert.equal((await room.messages.history({ limit: 1 })).items[0].userClaim, claim);
      assert.equal(JSON.parse(await tail.lines.take()).message.userClaim, claim);
      const printed = await server.chatctl(['room', 'history', name, '--jq', '.[].userClaim']);
      assert.equal(printed.stdout, `${claim}\n`);

      const elsewhere = await enter(chat, unique('elsewhere'));
      assert.equal((await elsewhere.room.messages.send({ text: 'hi' })).userClaim, 'anyone');
    });

    it('a forged claim does not arrive, a forged sender is refused', async () => {
      const name = unique('room');
      const { messages } = await enter(server.chat({ useBinaryProtocol: binary }), name);
      const forger = server.realtime(withToken(server.token({ clientId: 'forger', capability: { '*': ['*'] } })));
      const channel = forger.channels.get(`${name}::$chat`);
      const message = { name: 'chat.message', data: { text: 'forged', metadata: {} } };
      await within(channel.publish({
        ...message, extras: { headers: { kept: 1 }, userClaim: '{"role":"admin"}' },
      }), 'the acknowledgement');
      const { message: received } = await messages.take();
      assert.equal(received.text, 'forged');
      assert.equal(received.userClaim, undefined);
      assert.deepEqual(received.headers, { kept: 1 });
      assert.equal(received.clientId, 'forger');

      await assert.rejects(
        within(channel.publish({ ...message, clientId: 'somebody-else' }), 'the refusal'),
        { code: 40012, statusCode: 400 },
      );
      assert.equal(forger.connection.state, 'connected');
    });

    it('a wrong key fails the connection with its code', async () => {
      for (const [key, code, statusCode] of [
        ['app.key:wrong-secret', 40101, 401],
        ['app.other:secret', 40400, 401],
        ['nobody.key:secret', 40101, 401],
      ]) {
        const realtime = server.realtime({ useBinaryProtocol: binary, key, clientId: 'ann' });
        const { reason } = await state(realtime, 'failed');
        assert.deepEqual([reason.code, reason.statusCode], [code, statusCode], key);
        const rest = server.rest({ useBinaryProtocol: binary, key, clientId: 'ann' });
        const page = await rest.request('GET', '/chat/v4/rooms/r/messages', 4, {});
        assert.deepEqual([page.success, page.errorCode, page.statusCode], [false, code, statusCode], key);
      }
    });

    it('a JWT signed with the wrong secret is 40144', async () => {
      const callback = tokens(() => server.token({ clientId: 'ann', key: 'app.key:wrong' }));
      const realtime = server.realtime(withToken(callback));
      const { reason } = await state(realtime, 'disconnected');
      assert.equal(reason.code, 40144);
      // The second is the one more try that the code asks for.
      assert.equal(callback.calls, 2);
      realtime.close();
    });

    it('a JWT that has ended is renewed, and ends the client if there is nothing to renew with', async () => {
      const ended = () => server.token({ clientId: 'ann', ttl: -10, claims: { iat: Math.floor(Date.now() / 1000) - 100 } });
      const callback = tokens(ended, () => server.token({ clientId: 'ann' }));
      const renewing = server.realtime(withToken(callback));
      await state(renewing, 'connected');
      assert.equal(callback.calls, 2);

      const stuck = server.realtime({ useBinaryProtocol: binary, token: ended() });
      const { reason } = await state(stuck, 'failed');
      assert.equal(reason.code, 40171);
    });

    it('a token for another client than the one that is asked for is 40102', async () => {
      const realtime = server.realtime(withToken(server.token({ clientId: 'ann' }), { clientId: 'bob' }));
      const { reason } = await state(realtime, 'failed');
      assert.equal(reason.code, 40102);
    });

    it('authorize() changes what the connection may do, without a new connection', async () => {
      const name = unique('room');
      const narrow = { [name]: ['subscribe'] };
      const wide = { [name]: ['subscribe', 'publish'] };
      const realtime = server.realtime(withToken(tokens(
        () => server.token({ clientId: 'ann', capability: narrow }),
        () => server.token({ clientId: 'ann', capability: wide, claims: { [`ably.room.${name}`]: 'promoted' } }),
        () => server.token({ clientId: 'ann', capability: { elsewhere: ['*'] } }),
      )));
      await state(realtime, 'connected');
      const { id } = realtime.connection;
      const channel = realtime.channels.get(`${name}::$chat`);
      const heard = new Queue();
      await within(channel.subscribe(heard.put), 'the attach');
      await assert.rejects(within(channel.publish('chat.message', { text: 'x' }), 'the refusal'), { code: 40160 });

      const updated = within(new Promise((resolve) => realtime.connection.once('update', resolve)), 'the update');
      await within(realtime.auth.authorize(), 'the first authorize()');
      await updated;
      assert.equal(realtime.connection.id, id);
      await within(channel.publish('chat.message', { text: 'y' }), 'the acknowledgement');
      const { data, extras } = await heard.take();
      assert.deepEqual([data, extras.userClaim], [{ text: 'y' }, 'promoted']);

      const failed = within(new Promise((resolve) => channel.once('failed', resolve)), 'the failure of the channel');
      await within(realtime.auth.authorize(), 'the second authorize()');
      assert.equal((await failed).reason.code, 40160);
      assert.equal(realtime.connection.state, 'connected');
      assert.equal(realtime.connection.id, id);
    });

    it('authorize() with the token of another client fails the connection', async () => {
      const realtime = server.realtime(withToken(tokens(
        () => server.token({ clientId: 'ann' }),
        () => server.token({ clientId: 'bob' }),
      )));
      await state(realtime, 'connected');
      const failed = state(realtime, 'failed');
      await assert.rejects(within(realtime.auth.authorize(), 'the refusal'), { code: 40102 });
      assert.equal((await failed).reason.code, 40102);
    });

    it('a token that runs out is replaced by the authCallback, and no message is missed', async () => {
      const name = unique('room');
      const speaker = await enter(server.chat({ useBinaryProtocol: binary }), name);
      // Too short for a prompt beforehand: the server ends the connection when the token does.
      const callback = tokens(
        () => server.token({ clientId: 'ann', ttl: 5 }),
        () => server.token({ clientId: 'ann' }),
      );
      const chat = server.chat(withToken(callback));
      const { messages } = await enter(chat, name);
      const changes = new Queue();
      chat.realtime.connection.on((change) => changes.put([change.current, change.reason?.code]));
      await speaker.room.messages.send({ text: 'before' });
      assert.deepEqual(await changes.take('the end of the token'), ['disconnected', 40142]);
      await speaker.room.messages.send({ text: 'meanwhile' });
      await changes.until(([current]) => current === 'connected', 'connected again');
      assert.equal(callback.calls, 2);
      await speaker.room.messages.send({ text: 'after' });
      const heard = [];
      for (let n = 0; n < 3; n += 1) heard.push((await messages.take()).message.text);
      assert.deepEqual(heard, ['before', 'meanwhile', 'after']);
    });

    it('the server asks for a new token before the old one ends, on the living connection', async () => {
      // The prompt comes 30 s before the end of a token that lives longer, and halfway through a shorter one.
      const callback = tokens(
        () => server.token({ clientId: 'ann', ttl: 33 }),
        () => server.token({ clientId: 'ann' }),
      );
      const realtime = server.realtime(withToken(callback));
      await state(realtime, 'connected');
      const { id } = realtime.connection;
      const update = await within(new Promise((resolve) => realtime.connection.once('update', resolve)), 'the update');
      assert.equal(update.current, 'connected');
      assert.equal(callback.calls, 2);
      assert.equal(realtime.connection.id, id);
    });
  });
}

describe('chatctl beside the SDK', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(() => server.stop());

  it('sends with a token as the client that it names, with its claim', async () => {
    const { messages } = await enter(server.chat(), 'room');
    const token = server.token({ clientId: 'ann', claims: { 'ably.room.room': 'claimed' } });
    const { status, stderr } = await server.chatctl(
      ['room', 'send', 'room', 'hi'], { ABLY_TOKEN: token, ABLY_CLIENT_ID: undefined },
    );
    assert.equal(status, 0, stderr);
    const { message } = await messages.take();
    assert.deepEqual([message.clientId, message.userClaim], ['ann', 'claimed']);
  });

  it('ends with the code and the exit status of what was refused', async () => {
    const refused = async (env, args = ['room', 'send', 'room', 'hi', '--json']) => {
      const { status, stdout, stderr } = await server.chatctl(args, env);
      assert.equal(stdout, '');
      const { error } = JSON.parse(stderr.trim().split('\n').at(-1));
      return [status, error.code, error.statusCode];
    };
    assert.deepEqual(await refused({ ABLY_API_KEY: 'app.key:wrong' }), [3, 40101, 401]);
    assert.deepEqual(
      await refused({ ABLY_TOKEN: server.token({ clientId: 'ann', key: 'app.key:wrong' }) }), [3, 40144, 401],
    );
    const limited = { ABLY_TOKEN: server.token({ clientId: 'ann', capability: { room: ['publish'] } }) };
    assert.deepEqual(await refused(limited, ['room', 'history', 'room', '--json']), [4, 40160, 401]);
    assert.deepEqual(await refused(limited, ['room', 'tail', 'room', '--json', '--limit', '1']), [4, 40160, 401]);
    assert.deepEqual(await refused(limited, ['room', 'tail', 'other', '--json', '--limit', '1']), [4, 40160, 401]);
    assert.deepEqual(
      await refused({ ABLY_API_KEY: 'app.key:wrong' }, ['room', 'tail', 'room', '--json', '--limit', '1']),
      [3, 40101, 401],
    );
  });

  it('the errors of the SDK link to the same help', async () => {
    const rest = new Ably.Rest(server.options({ key: `${KEY}-wrong` }));
    await assert.rejects(
      rest.channels.get('plain').presence.get(),
      ({ code, href }) => code === 40101 && href === 'https://help.ably.io/error/40101',
    );
  });
});
