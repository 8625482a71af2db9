// A message goes from the SDK to chatctl and back, and looks the same everywhere.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { asPrinted, enter, FORMATS, Server, unique, within, withoutReactions } from './helper.js';

for (const { name, binary } of FORMATS) {
  describe(`messages in ${name}`, () => {
    let server;
    let chat;
    before(async () => {
      server = await Server.start();
      chat = server.chat({ useBinaryProtocol: binary });
    });
    after(() => server.stop());

    it('what the SDK sends, a tail prints', async () => {
      const name = unique('room');
      const tail = await server.tail([name, '--limit', '1']);
      const { room } = await enter(chat, name);
      const sent = await room.messages.send({
        text: 'grüße 👋 from the SDK',
        metadata: { zebra: { nested: [1, 2.5, null] }, ant: true },
        headers: { number: 22, flag: false, word: 'w' },
      });
      const printed = JSON.parse(await tail.lines.take('the tail prints the message'));
      assert.equal(printed.type, 'message.created');
      assert.equal(printed.roomName, name);
      assert.deepEqual(withoutReactions(printed.message), asPrinted(sent));
      assert.deepEqual(Object.keys(printed.message.metadata), ['zebra', 'ant'], 'members keep their order');
      assert.equal((await tail.end()).status, 0);
    });

    it('what chatctl sends, the subscription receives', async () => {
      const name = unique('room');
      const { messages } = await enter(chat, name);
      const { status, stdout, stderr } = await server.chatctl([
        'room', 'send', name, 'from the shell', '--json',
        '--metadata', '{"z":1,"a":{"b":[true,null]}}', '--headers', '{"n":1.5,"s":"x"}',
      ]);
      assert.equal(status, 0, stderr);
      const printed = withoutReactions(JSON.parse(stdout));
      const { type, message } = await messages.take();
      assert.equal(type, 'message.created');
      assert.equal(message.clientId, 'from-chatctl');
      assert.deepEqual(asPrinted(message), printed);
      assert.deepEqual(Object.keys(message.metadata), ['z', 'a'], 'members keep their order');
    });

    it('answer, event, get, history and chatctl agree field by field', async () => {
      const name = unique('room');
      const { room, messages } = await enter(chat, name);
      const answers = [];
      answers.push(await room.messages.send({ text: 'bare' }));
      answers.push(await room.messages.send({ text: 'with all', metadata: { a: { b: 1 } }, headers: { n: 22 } }));
      const events = [await messages.take(), await messages.take()];
      assert.deepEqual(events.map(({ message }) => asPrinted(message)), answers.map(asPrinted));

      const history = await room.messages.history({ limit: 10, orderBy: 'oldestFirst' });
      assert.deepEqual(history.items.map(asPrinted), answers.map(asPrinted));
      for (const answer of answers) {
        assert.deepEqual(asPrinted(await room.messages.get(answer.serial)), asPrinted(answer));
      }

      const printed = await server.chatctl(['room', 'history', name, '--json', '--order', 'oldest']);
      assert.equal(printed.status, 0, printed.stderr);
      assert.deepEqual(JSON.parse(printed.stdout).map(withoutReactions), answers.map(asPrinted));
      assert.deepEqual(answers[0].metadata, {});
      assert.deepEqual(answers[0].headers, {});
      assert.equal(answers[0].version.serial, answers[0].serial);
    });

    it('keeps the order of what is sent, over both doors', async () => {
      const name = unique('room');
      const { room, messages } = await enter(chat, name);
      const texts = Array.from({ length: 30 }, (_, index) => `message ${index}`);
      for (const text of texts) await room.messages.send({ text });
      const received = [];
      for (const _ of texts) received.push((await messages.take()).message);
      assert.deepEqual(received.map(({ text }) => text), texts);
      const serials = received.map(({ serial }) => serial);
      assert.deepEqual([...serials].sort(), serials, 'serials sort as text in the order of sending');
      assert.equal(new Set(serials).size, serials.length);
    });

    it('rooms whose names need escapes are the same room for everyone', async () => {
      for (const name of ['a/b c?d&e#f', 'dms:a:b', 'ünï+cödé%2F', '*']) {
        const { room, messages } = await enter(chat, name);
        const sent = await room.messages.send({ text: name });
        assert.equal((await messages.take()).message.serial, sent.serial);
        const { status, stdout, stderr } = await server.chatctl(['room', 'history', name, '--jq', '.[].text']);
        assert.equal(status, 0, stderr);
        assert.equal(stdout, `${name}\n`);
      }
    });

    it('refuses an empty text and a message that is too large with the code', async () => {
      const { room, messages } = await enter(chat, unique('room'));
      await assert.rejects(room.messages.send({ text: '' }), { code: 40001, statusCode: 400 });
      await assert.rejects(room.messages.send({ text: 'x'.repeat(70_000) }), { code: 40009, statusCode: 413 });
      await assert.rejects(
        room.messages.send({ text: 'x', headers: { nested: { a: 1 } } }),
        { code: 40001, statusCode: 400 },
      );
      // None of them left a trace: the first event is that of the message that was accepted.
      const sent = await room.messages.send({ text: 'accepted' });
      assert.equal((await messages.take()).message.serial, sent.serial);
      assert.equal((await room.messages.history({ limit: 10 })).items.length, 1);
    });

    it('an append of the Pub/Sub SDK is an update for the room', async () => {
      const { room, messages } = await enter(chat, unique('room'));
      const { serial } = await room.messages.send({ text: 'one' });
      await messages.take();
      await within(room.channel.appendMessage({ serial, data: { text: 'two' } }), 'the acknowledgement');
      const { type, message } = await messages.take('the update');
      assert.deepEqual([type, message.serial, message.text], ['message.updated', serial, 'two']);
      assert.equal((await room.messages.get(serial)).text, 'two');
    });

    it('an unknown message is 40400', async () => {
      const { room } = await enter(chat, unique('room'));
      await assert.rejects(room.messages.get('01700000000000-000@abcdef:000'), { code: 40400, statusCode: 404 });
    });

    it('a plain publish is acknowledged with the serials that everyone sees', async () => {
      const realtime = server.realtime({ useBinaryProtocol: binary });
      const channel = realtime.channels.get(unique('plain'));
      const received = [];
      const done = new Promise((resolve) => {
        channel.subscribe((message) => received.push(message) === 3 && resolve());
      });
      await within(channel.attach(), 'the channel is attached');
      // The first publish of a connection has msgSerial 0.
      const first = await within(channel.publish('greeting', { a: 1 }), 'the acknowledgement of msgSerial 0');
      const second = await within(channel.publish([{ name: 'b', data: 'text' }, { name: 'c' }]), 'the second one');
      await within(done, 'three messages');
      assert.equal(first.serials.length, 1);
      assert.equal(second.serials.length, 2);
      assert.deepEqual(received.map(({ serial }) => serial), [...first.serials, ...second.serials]);
      assert.deepEqual(received.map(({ data }) => data), [{ a: 1 }, 'text', undefined]);
      assert.deepEqual(received.map(({ clientId }) => clientId), ['from-sdk', 'from-sdk', 'from-sdk']);
    });

    it('binary data comes back as it was sent', async () => {
      const channel = server.realtime({ useBinaryProtocol: binary }).channels.get(unique('bytes'));
      const received = new Promise((resolve) => channel.subscribe(resolve));
      await within(channel.attach(), 'the channel is attached');
      await within(channel.publish('bytes', Buffer.from([0, 255, 128, 10])), 'the acknowledgement');
      const { data } = await within(received, 'the message');
      assert.deepEqual([...new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength)], [0, 255, 128, 10]);
    });

    it('echoMessages: false keeps own messages back, and only those', async () => {
      const name = unique('echo');
      const silent = server.realtime({ useBinaryProtocol: binary, echoMessages: false });
      const other = server.realtime({ useBinaryProtocol: binary });
      const heard = [];
      const channel = silent.channels.get(name);
      const last = new Promise((resolve) => {
        channel.subscribe((message) => {
          heard.push(message.data);
          if (message.data === 'from the other') resolve();
        });
      });
      await within(channel.attach(), 'the channel is attached');
      await within(channel.publish('m', 'own'), 'the acknowledgement');
      await within(other.channels.get(name).publish('m', 'from the other'), 'the acknowledgement of the other');
      await within(last, "the other's message");
      assert.deepEqual(heard, ['from the other']);
    });

    it('the echo of a publish is there before its acknowledgement, or with it', async () => {
      const channel = server.realtime({ useBinaryProtocol: binary }).channels.get(unique('echo'));
      let seen = 0;
      await within(channel.subscribe(() => { seen += 1; }), 'the channel is attached');
      for (let sent = 1; sent <= 50; sent += 1) {
        await within(channel.publish('m', `message ${sent}`), 'the acknowledgement');
        assert.equal(seen, sent);
      }
    });
  });
}

describe('formats side by side', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(() => server.stop());

  it('a JSON client and a MessagePack client see the same message', async () => {
    const clients = FORMATS.map(({ binary }) => server.chat({ useBinaryProtocol: binary }));
    const [json, packed] = await Promise.all(clients.map((client) => enter(client, 'both')));
    for (const sender of [json, packed]) {
      const sent = await sender.room.messages.send({ text: 'hi', metadata: { n: 1, f: 1.5 }, headers: { b: true } });
      for (const receiver of [json, packed]) {
        assert.deepEqual(asPrinted((await receiver.messages.take()).message), asPrinted(sent));
      }
    }
  });
});
