// What the server bounds: sizes, rates, members, and what waits for a client that does not read.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';

import { FORMATS, KEY, Queue, Server, enter, state, temporaryPath, unique, within } from './helper.js';

// The library that the SDK itself stands on.
const require = createRequire(createRequire(import.meta.url).resolve('ably'));
const WebSocket = require('ws');

/** A connection without an SDK, attached; `heard` gets its frames. */
async function attach(server, channel, clientId) {
  const query = new URLSearchParams({ key: KEY, clientId, format: 'json', v: '5' });
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/?${query}`);
  const heard = new Queue();
  socket.on('message', (bytes) => heard.put(JSON.parse(bytes)));
  await within(new Promise((resolve) => socket.once('open', resolve)), 'the socket opens');
  socket.send(JSON.stringify({ action: 10, channel }));
  await heard.until(({ action }) => action === 11, 'ATTACHED');
  return { socket, heard };
}

describe('limits', () => {
  let server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server.stop());

  for (const { name: format, binary } of FORMATS) {
    it(`${format}: a publish of 64 KiB passes and one byte more is 40009, over both doors`, async () => {
      const channel = unique('size');
      const realtime = server.realtime({ useBinaryProtocol: binary }).channels.get(channel);
      const rest = server.rest({ useBinaryProtocol: binary }).channels.get(channel);
      const room = 65_536 - 'n'.length - 'from-sdk'.length;
      for (const door of [realtime, rest]) {
        await within(door.publish('n', 'x'.repeat(room)), 'the largest publish');
        await assert.rejects(door.publish('n', 'x'.repeat(room + 1)), { code: 40009, statusCode: 413 });
      }
      assert.equal((await rest.history()).items.length, 2, 'what was refused left a trace');
    });

    it(`${format}: a token's publish rate holds, and ends neither the connection nor the next second`, async () => {
      const rate = 'ably.limits.publish.perAttachment.maxRate.*';
      const token = server.token({ clientId: 'quick', claims: { [rate]: 3 } });
      const realtime = server.realtime({ token, useBinaryProtocol: binary });
      const channel = realtime.channels.get(unique('rate'));
      await within(channel.attach(), 'the attach');
      const results = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => channel.publish('n', `${n}`)));
      const refused = results.filter(({ status }) => status === 'rejected');
      assert.ok(refused.length > 0 && refused.length <= 7, `${refused.length} were refused`);
      for (const { reason } of refused) assert.deepEqual([reason.code, reason.statusCode], [42911, 429]);
      assert.equal(realtime.connection.state, 'connected');
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await within(channel.publish('n', 'later'), 'a publish a second later');
      assert.equal((await channel.history()).items.length, 11 - refused.length);
    });
  }

  it('serve --config sets a publish rate for everybody', async () => {
    const config = temporaryPath('config');
    writeFileSync(config, '[limits]\npublish-rate = 2\n');
    const limited = await Server.start({ args: ['--config', config] });
    try {
      const channel = limited.realtime().channels.get('any');
      await within(channel.attach(), 'the attach');
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => channel.publish('n', 'd')));
      const codes = results.filter(({ reason }) => reason).map(({ reason }) => reason.code);
      assert.ok(codes.length >= 5 && codes.every((code) => code === 42911), codes.join());
    } finally {
      await limited.stop();
    }
  });

  it('serve --connection-limit refuses one client too many, and takes it once there is a place', async () => {
    const limited = await Server.start({ args: ['--connection-limit', '1'] });
    try {
      const first = limited.realtime();
      await state(first, 'connected');
      const second = limited.realtime();
      const { reason } = await state(second, 'failed');
      assert.deepEqual([reason.code, reason.statusCode], [40111, 403]);
      assert.equal(first.connection.state, 'connected');
      await within(first.channels.get('any').attach(), 'an attach of the one that is there');
      first.close();
      await state(first, 'closed');
      // The server has the place back once it has seen the socket end.
      const isIn = async () => {
        const { current } = await state(limited.realtime(), 'connected', 'failed');
        return current === 'connected';
      };
      while (!(await isIn()));
    } finally {
      await limited.stop();
    }
  });

  it('1000 subscribers and 150 members share a room, and a client that stops reading is let go alone', async () => {
    const name = unique('crowd');
    const channelName = `${name}::$chat`;
    const { room } = await enter(server.chat(), name);
    const crowd = [];
    for (let begun = 0; begun < 1000; begun += 50) {
      const names = Array.from({ length: 50 }, (_, n) => `subscriber-${begun + n}`);
      crowd.push(...(await Promise.all(names.map((clientId) => attach(server, channelName, clientId)))));
    }
    await within(
      Promise.all(
        crowd.slice(0, 150).map(({ socket, heard }) => {
          socket.send(JSON.stringify({ action: 14, channel: channelName, msgSerial: 0, presence: [{ action: 2 }] }));
          return heard.until(({ action }) => action === 1, 'ACK of an enter');
        }),
      ),
      '150 members enter',
    );
    // The answers come over other sockets than what the room hears, so that either may be read first.
    const everybody = async () => {
      while ((await room.presence.get()).length < 150) await new Promise(setImmediate);
    };
    await within(everybody(), 'the presence set has them all');
    assert.equal((await room.presence.get()).length, 150);

    const lazy = await attach(server, channelName, 'lazy');
    lazy.socket.pause();
    const isOver = new Promise((resolve) => lazy.socket.once('close', resolve));

    const sent = [];
    for (let n = 0; n < 5; n += 1) sent.push((await room.messages.send({ text: `hello ${n}` })).serial);
    await within(
      Promise.all(
        crowd.map(async ({ heard }) => {
          const got = [];
          while (got.length < sent.length) {
            const frame = await heard.until(({ action }) => action === 15, 'a message');
            got.push(...frame.messages.map(({ serial }) => serial));
          }
          assert.deepEqual(got, sent);
        }),
      ),
      'everybody hears everything',
    );
    for (const { socket } of crowd) socket.terminate();

    // More than the kernel and the server keep for somebody who does not read.
    const other = await attach(server, channelName, 'other');
    for (let n = 0; n < 300; n += 1) await room.messages.send({ text: 'x'.repeat(60_000) });
    let heard = 0;
    while (heard < 300) {
      const frame = await other.heard.until(({ action }) => action === 15, 'a large message');
      heard += frame.messages.length;
    }
    lazy.socket.resume();
    const goodbye = await lazy.heard.until(({ action }) => action === 6, 'DISCONNECTED for the one that did not read');
    assert.equal(goodbye.error.code, 80003);
    await within(isOver, 'its socket closes');
    other.socket.terminate();
  });
});
