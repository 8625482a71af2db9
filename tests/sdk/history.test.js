// History: pages as the SDK reads them from Link headers, order, bounds in time, and history before subscribe.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { enter, FORMATS, Queue, Server, unique, within } from './helper.js';

const texts = ({ items }) => items.map(({ text }) => text);

for (const { name, binary } of FORMATS) {
  describe(`history in ${name}`, () => {
    let server;
    let chat;
    before(async () => {
      server = await Server.start();
      chat = server.chat({ useBinaryProtocol: binary });
    });
    after(() => server.stop());

    async function roomWith(...messages) {
      const entered = await enter(chat, unique('room'));
      const sent = [];
      for (const text of messages) sent.push(await entered.room.messages.send({ text }));
      return { ...entered, sent };
    }

    it('pages go on, come back and end', async () => {
      const { room } = await roomWith('1', '2', '3', '4');
      const first = await room.messages.history({ limit: 3 });
      assert.deepEqual(texts(first), ['4', '3', '2']);
      assert.equal(first.hasNext(), true);
      assert.equal(first.isLast(), false);
      const second = await first.next();
      assert.deepEqual(texts(second), ['1']);
      assert.equal(second.hasNext(), false);
      assert.equal(second.isLast(), true);
      assert.equal(await second.next(), null);
      assert.deepEqual(texts(await second.current()), ['1']);
      assert.deepEqual(texts(await second.first()), ['4', '3', '2']);
    });

    it('a last page that is exactly full has no next', async () => {
      const { room } = await roomWith('1', '2', '3', '4');
      const whole = await room.messages.history({ limit: 4 });
      assert.equal(whole.items.length, 4);
      assert.equal(whole.hasNext(), false);
      const half = await room.messages.history({ limit: 2, orderBy: 'oldestFirst' });
      assert.deepEqual(texts(half), ['1', '2']);
      const rest = await half.next();
      assert.deepEqual(texts(rest), ['3', '4']);
      assert.equal(rest.hasNext(), false);
    });

    it('an empty room is an empty page', async () => {
      const { room } = await roomWith();
      const page = await room.messages.history({ limit: 5 });
      assert.deepEqual(page.items, []);
      assert.equal(page.hasNext(), false);
    });

    it('pages keep their bounds, and what is sent meanwhile does not shift them', async () => {
      const { room } = await roomWith('1', '2', '3');
      const first = await room.messages.history({ limit: 2 });
      await room.messages.send({ text: '4' });
      assert.deepEqual(texts(await first.next()), ['1']);
    });

    it('start is inclusive and end is exclusive', async () => {
      const { room, sent } = await roomWith('early');
      // Until the clock has moved: the times must differ.
      let late;
      do late = await room.messages.send({ text: 'late' });
      while (late.timestamp.getTime() === sent[0].timestamp.getTime());
      const at = late.timestamp.getTime();
      const all = texts(await room.messages.history({ limit: 100, orderBy: 'oldestFirst' }));
      const before = texts(await room.messages.history({ limit: 100, end: at, orderBy: 'oldestFirst' }));
      const from = texts(await room.messages.history({ limit: 100, start: at, orderBy: 'oldestFirst' }));
      assert.deepEqual([...before, ...from], all);
      assert.deepEqual(from, ['late']);
    });

    it('a limit out of range is refused with the code', async () => {
      const { room } = await roomWith();
      await assert.rejects(room.messages.history({ limit: 1001 }), { code: 40003, statusCode: 400 });
    });

    it('chatctl reads over as many pages as it needs', async () => {
      const { room } = await roomWith('a');
      const name = room.name;
      const sent = await server.chatctl(['room', 'send', name, 'n{n}', '--count', '120', '--jq', '.text']);
      assert.equal(sent.status, 0, sent.stderr);
      const all = await server.chatctl(['room', 'history', name, '--all', '--order', 'oldest', '--jq', '.[].text']);
      assert.equal(all.stdout, `a\n${sent.stdout}`);
      const some = await server.chatctl(['room', 'history', name, '--limit', '101', '--jq', 'length']);
      assert.equal(some.stdout, '101\n');
      const usual = await server.chatctl(['room', 'history', name, '--jq', '.[0].text, length']);
      assert.equal(usual.stdout, 'n120\n100\n');
    });

    it('before subscribe: nothing in an empty room, and never what came later', async () => {
      const { room, subscription } = await roomWith();
      assert.deepEqual(texts(await subscription.historyBeforeSubscribe({ limit: 50 })), []);
      await room.messages.send({ text: 'later' });
      assert.deepEqual(texts(await subscription.historyBeforeSubscribe({ limit: 50 })), []);
    });

    it('before subscribe: what was there at the attach, newest first, in pages with the same bound', async () => {
      const name = unique('room');
      const other = await enter(server.chat({ useBinaryProtocol: binary }), name);
      for (const text of ['1', '2', '3']) await other.room.messages.send({ text });
      const { subscription, messages } = await enter(chat, name);
      await other.room.messages.send({ text: 'later' });
      await messages.until(({ message }) => message.text === 'later');
      const page = await subscription.historyBeforeSubscribe({ limit: 2 });
      assert.deepEqual(texts(page), ['3', '2']);
      await other.room.messages.send({ text: 'later still' });
      assert.deepEqual(texts(await page.next()), ['1']);
    });

    it('before subscribe: the message that a later listener had seen is included', async () => {
      const { room, messages, subscription } = await roomWith('1', '2');
      await messages.until(({ message }) => message.text === '2');
      const second = room.messages.subscribe(() => {});
      assert.deepEqual(texts(await second.historyBeforeSubscribe({ limit: 50 })), ['2', '1']);
      assert.deepEqual(texts(await subscription.historyBeforeSubscribe({ limit: 50 })), []);
    });

    it('before subscribe: a listener that came before the attach waits for it', async () => {
      const name = unique('room');
      const other = await enter(server.chat({ useBinaryProtocol: binary }), name);
      await other.room.messages.send({ text: 'old' });
      const room = await chat.rooms.get(name);
      const heard = new Queue();
      const { historyBeforeSubscribe } = room.messages.subscribe(heard.put);
      const history = historyBeforeSubscribe({ limit: 5 });
      await within(room.attach(), 'the room is attached');
      assert.deepEqual(texts(await within(history, 'the history')), ['old']);
      await other.room.messages.send({ text: 'new' });
      assert.equal((await heard.take()).message.text, 'new');
    });
  });
}
