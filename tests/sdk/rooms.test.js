// The life of a room: attach, detach, release; names that can't be; and what a broken channel leaves unharmed.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { RoomStatus } from '@ably/chat';

import { enter, FORMATS, Queue, Server, unique, within } from './helper.js';

for (const { name, binary } of FORMATS) {
  describe(`rooms in ${name}`, () => {
    let server;
    let chat;
    before(async () => {
      server = await Server.start();
      chat = server.chat({ useBinaryProtocol: binary });
    });
    after(() => server.stop());

    it('attach, detach, attach again, release', async () => {
      const room = await chat.rooms.get(unique('room'));
      const seen = [];
      room.onStatusChange(({ current }) => seen.push(current));
      await within(room.attach(), 'attach');
      await within(room.attach(), 'attach of an attached room');
      assert.equal(room.status, RoomStatus.Attached);
      await within(room.detach(), 'detach');
      assert.equal(room.status, RoomStatus.Detached);
      await within(room.attach(), 'attach after detach');
      assert.equal(room.status, RoomStatus.Attached);
      await within(chat.rooms.release(room.name), 'release');
      assert.equal(room.status, RoomStatus.Released);
      assert.deepEqual(seen, [
        'attaching', 'attached', 'detaching', 'detached', 'attaching', 'attached', 'releasing', 'released',
      ]);
    });

    it('a released name is a new room at once, and hears messages', async () => {
      const name = unique('room');
      for (let round = 0; round < 3; round += 1) {
        const { room, messages } = await enter(chat, name);
        const sent = await room.messages.send({ text: `round ${round}` });
        assert.equal((await messages.take()).message.serial, sent.serial);
        await within(chat.rooms.release(name), 'release');
      }
    });

    it('a detached room hears nothing, and an attached one only what comes later', async () => {
      const name = unique('room');
      const { room, messages } = await enter(chat, name);
      const other = await enter(server.chat({ useBinaryProtocol: binary }), name);
      await within(room.detach(), 'detach');
      await other.room.messages.send({ text: 'missed' });
      // The sender hears it: it has gone out to everyone who is attached.
      await other.messages.take();
      await within(room.attach(), 'attach');
      await other.room.messages.send({ text: 'heard' });
      assert.equal((await messages.take()).message.text, 'heard');
    });

    it('two rooms are released at the same time', async () => {
      const names = [unique('room'), unique('room')];
      for (const name of names) await enter(chat, name);
      await within(Promise.all(names.map((name) => chat.rooms.release(name))), 'both releases');
    });

    it('rooms keep apart what is said in them', async () => {
      const [a, b] = [await enter(chat, unique('room')), await enter(chat, unique('room'))];
      await a.room.messages.send({ text: 'for a' });
      await b.room.messages.send({ text: 'for b' });
      assert.equal((await a.messages.take()).message.text, 'for a');
      assert.equal((await b.messages.take()).message.text, 'for b');
      assert.deepEqual([a.messages.left, b.messages.left], [[], []]);
    });

    it('many clients hear every message once, in the same order', async () => {
      const name = unique('room');
      const clients = [];
      for (let n = 0; n < 5; n += 1) {
        clients.push(await enter(server.chat({ useBinaryProtocol: binary, clientId: `client-${n}` }), name));
      }
      await Promise.all(clients.map(({ room }, n) => room.messages.send({ text: `from ${n}` })));
      const heard = [];
      for (const { messages } of clients) {
        const texts = [];
        for (const _ of clients) {
          const { message } = await messages.take();
          assert.equal(message.clientId, `client-${message.text.slice('from '.length)}`);
          texts.push(message.text);
        }
        heard.push(texts);
      }
      assert.deepEqual([...heard[0]].sort(), ['from 0', 'from 1', 'from 2', 'from 3', 'from 4']);
      for (const texts of heard) assert.deepEqual(texts, heard[0], 'everyone hears them in the same order');
    });

    it('a name that can not be fails the channel and nothing else', async () => {
      const realtime = server.realtime({ useBinaryProtocol: binary });
      const good = realtime.channels.get(unique('good'));
      await within(good.attach(), 'the good channel is attached');
      for (const name of ['', ':a', '[a', 'a\nb', 'x'.repeat(2049)]) {
        const bad = realtime.channels.get(name);
        await assert.rejects(
          within(bad.attach(), `the refusal of ${JSON.stringify(name)}`),
          { code: 40010, statusCode: 400 },
          JSON.stringify(name),
        );
        assert.equal(bad.state, 'failed');
        assert.equal(realtime.connection.state, 'connected');
      }
      const heard = new Queue();
      await good.subscribe(heard.put);
      await within(good.publish('still', 'here'), 'the acknowledgement');
      assert.equal((await heard.take()).data, 'here');
    });

    it('a room that can not be is refused on REST and on attach', async () => {
      const room = await chat.rooms.get(':starts-with-a-colon');
      await assert.rejects(room.messages.send({ text: 'x' }), { code: 102000, statusCode: 400 });
      await assert.rejects(within(room.attach(), 'the refusal'), { code: 40010, statusCode: 400 });
      assert.equal(room.status, RoomStatus.Failed);
      assert.equal(chat.connection.status, 'connected');
      await within(chat.rooms.release(room.name), 'release of a failed room');
    });
  });
}
