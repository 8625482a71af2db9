// Apps of their own in one server, and resets under the eyes of the SDKs.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { Queue, Server, enter, temporaryPath, within } from './helper.js';

describe('apps', () => {
  let server;
  let seed;

  before(async () => {
    server = await Server.start();
    seed = temporaryPath('seed.jsonl');
    writeFileSync(seed, [
      { roomName: 'lobby', clientId: 'ann', text: 'welcome', age: '1h', reactions: [{ name: '👍', clientId: 'ben' }] },
      { roomName: 'lobby', member: { clientId: 'carol', data: { status: 'away' } } },
    ].map((line) => JSON.stringify(line)).join('\n'));
  });

  after(() => server.stop());

  /** An app with the seed, and a client of it. */
  async function app(clientId) {
    const { stdout, stderr, status } = await server.chatctl(['app', 'create', '--json', '--seed', seed]);
    assert.equal(status, 0, stderr);
    const [key] = JSON.parse(stdout).keys;
    return { key, client: server.chat({ key, clientId }), realtime: server.realtime({ key, clientId: 'other' }) };
  }

  test('two apps do not see one another', async () => {
    const [one, two] = await Promise.all([app('me'), app('me')]);
    const there = await enter(two.client, 'lobby');
    const here = await enter(one.client, 'lobby');
    await here.room.messages.send({ text: 'of one' });
    await there.room.messages.send({ text: 'of two' });
    assert.equal((await there.messages.take()).message.text, 'of two');
    assert.equal((await here.messages.take()).message.text, 'of one');
    assert.deepEqual([...here.messages.left, ...there.messages.left], []);
  });

  test('a reset is a discontinuity, after which everything is as it was at first', async () => {
    const { key, client } = await app('me');
    const { room, messages, subscription } = await enter(client, 'lobby');
    await room.presence.enter({ status: 'here' });
    await room.messages.send({ text: 'new' });
    await messages.take();
    const discontinuities = new Queue();
    room.onDiscontinuity(discontinuities.put);
    const statuses = [];
    room.onStatusChange(({ current }) => statuses.push(current));

    const reset = await server.chatctl(['app', 'reset'], { ABLY_API_KEY: key });
    assert.equal(reset.status, 0, reset.stderr);
    const reason = await discontinuities.take('the discontinuity');
    assert.equal(reason.cause?.code ?? reason.code, 90003);
    assert.deepEqual(statuses.filter((status) => status !== 'attached'), [], 'the room stays attached');

    const { items } = await subscription.historyBeforeSubscribe({ limit: 10 });
    assert.deepEqual(items.map(({ text }) => text), ['welcome']);
    assert.deepEqual(items[0].reactions.distinct['👍'].clientIds, ['ben']);
    await room.messages.send({ text: 'newer' });
    assert.equal((await messages.take()).message.text, 'newer');
    // The seed's member is there, and this client, which is present still.
    const who = async () => (await room.presence.get()).map(({ clientId }) => clientId).sort();
    const both = (async () => {
      while ((await who()).length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    })();
    await within(both, 'the client is present again');
    assert.deepEqual(await who(), ['carol', 'me']);
  });

  test('a deleted app fails its clients', async () => {
    const { key, client, realtime } = await app('me');
    const { room } = await enter(client, 'lobby');
    const failed = new Promise((resolve) => realtime.connection.on('failed', resolve));
    await within(realtime.connection.whenState('connected'), 'the connection');
    assert.equal((await server.chatctl(['app', 'delete'], { ABLY_API_KEY: key })).status, 0);
    assert.equal((await within(failed, 'the end of the connection')).reason.code, 40400);
    await within(room.messages.send({ text: 'late' }).then(() => assert.fail('it was sent'), () => {}), 'the refusal');
  });
});
