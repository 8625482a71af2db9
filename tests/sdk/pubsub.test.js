// Pub/Sub below Chat: what the SDKs do on plain channels, from each format to each other.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { FORMATS, Queue, Server, state, tokens, unique, within } from './helper.js';

const PAIRS = FORMATS.flatMap((ann) => FORMATS.map((bob) => ({ ann, bob })));
const bytes = (data) => [...new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength)];

for (const { ann: annFormat, bob: bobFormat } of PAIRS) {
  describe(`Pub/Sub from ${annFormat.name} to ${bobFormat.name}`, () => {
    let server;
    let ann;
    let bob;
    let rest;
    before(async () => {
      server = await Server.start();
      ann = server.realtime({ useBinaryProtocol: annFormat.binary, clientId: 'ann' });
      bob = server.realtime({ useBinaryProtocol: bobFormat.binary, clientId: 'bob' });
      rest = server.rest({ useBinaryProtocol: bobFormat.binary, clientId: 'bob' });
    });
    after(() => server.stop());

    /** Ann's channel, Bob's of the same name, and what Bob hears. */
    async function meet(options = undefined) {
      const name = unique('plain');
      const [hers, his] = [ann.channels.get(name), bob.channels.get(name, options)];
      const heard = new Queue();
      await within(his.subscribe(heard.put), 'the attach');
      await within(hers.attach(), 'the attach');
      return { name, hers, his, heard, byRest: rest.channels.get(name) };
    }

    it('bytes, text and objects cross, with their members in order, also through history and REST', async () => {
      const { hers, heard, byRest } = await meet();
      const object = { zebra: { deep: [1, 2.5, null, 'ü'] }, ant: true, 10: 'ten' };
      const extras = { headers: { z: 1, a: 'x', m: true } };
      await within(hers.publish({ name: 'bytes', data: Buffer.from([0, 255, 128, 10]) }), 'the acknowledgement');
      await within(hers.publish({ name: 'object', data: object, extras }), 'the acknowledgement');
      await within(hers.publish('text', 'grüße 👋'), 'the acknowledgement');
      const events = [await heard.take(), await heard.take(), await heard.take()];
      const stored = (await byRest.history({ direction: 'forwards' })).items;
      for (const messages of [events, stored]) {
        assert.deepEqual(messages.map(({ name }) => name), ['bytes', 'object', 'text']);
        assert.deepEqual(bytes(messages[0].data), [0, 255, 128, 10]);
        assert.equal(JSON.stringify(messages[1].data), JSON.stringify(object));
        assert.equal(JSON.stringify(messages[1].extras), JSON.stringify(extras));
        assert.equal(messages[2].data, 'grüße 👋');
      }
      assert.deepEqual(stored.map(({ serial, id }) => [serial, id]), events.map(({ serial, id }) => [serial, id]));
      await byRest.publish('bytes', Buffer.from([1, 0]));
      const sent = await heard.take();
      assert.deepEqual([bytes(sent.data), sent.clientId], [[1, 0], 'bob'], 'the clientId of a REST publisher is stamped');
    });

    it('rewind gives what was said last, and then what is said', async () => {
      const name = unique('rewind');
      for (const text of ['1', '2', '3']) await rest.channels.get(name).publish('m', text);
      const channel = ann.channels.get(name, { params: { rewind: '2' } });
      const heard = new Queue();
      await within(channel.subscribe(heard.put), 'the attach');
      assert.equal(channel.params.rewind, '2');
      await rest.channels.get(name).publish('m', '4');
      for (const text of ['2', '3', '4']) assert.equal((await heard.take()).data, text);
      assert.deepEqual(heard.left, []);
    });

    it('history until the attach has what came before it and nothing later', async () => {
      const name = unique('until');
      for (const text of ['1', '2']) await rest.channels.get(name).publish('m', text);
      const channel = ann.channels.get(name);
      await within(channel.attach(), 'the attach');
      await within(channel.publish('m', '3'), 'the acknowledgement');
      const page = await channel.history({ untilAttach: true });
      assert.deepEqual(page.items.map(({ data }) => data), ['2', '1']);
    });

    it('pages follow their links in both directions and end', async () => {
      const { byRest, hers } = await meet();
      for (let n = 0; n < 5; n += 1) await within(hers.publish('m', `${n}`), 'the acknowledgement');
      for (const [direction, expected] of [['forwards', '01234'], ['backwards', '43210']]) {
        const read = [];
        let pages = 0;
        for (let page = await byRest.history({ direction, limit: 2 }); page; page = page.hasNext() ? await page.next() : null) {
          read.push(...page.items.map(({ data }) => data));
          pages += 1;
          assert.deepEqual((await page.first()).items[0].data, expected[0]);
        }
        assert.deepEqual([read.join(''), pages], [expected, 3]);
      }
    });

    it('enterClient, update and leave; REST, history of presence and late comers agree', async () => {
      const { name, hers: own, his, byRest } = await meet();
      const events = new Queue();
      await within(his.presence.subscribe(events.put), 'the attach');
      // Who is somebody enters as nobody else.
      await assert.rejects(within(own.presence.enterClient('carol'), 'the refusal'), { code: 40012, statusCode: 400 });
      const hers = server.realtime({
        useBinaryProtocol: annFormat.binary, authCallback: tokens(() => server.token({ clientId: '*' })),
      }).channels.get(name);
      await within(hers.presence.enterClient('carol', { a: [1, null] }), 'enter');
      await within(hers.presence.enterClient('dave', Buffer.from([7, 0])), 'enter');
      await within(hers.presence.updateClient('carol', 'text'), 'update');
      await within(hers.presence.leaveClient('carol'), 'leave');
      const seen = [];
      for (let n = 0; n < 4; n += 1) seen.push(await events.take());
      const plain = ({ action, clientId, data }) => [action, clientId, data?.byteLength ? bytes(data) : data];
      const expected = [
        ['enter', 'carol', { a: [1, null] }], ['enter', 'dave', [7, 0]], ['update', 'carol', 'text'], ['leave', 'carol', 'text'],
      ];
      assert.deepEqual(seen.map(plain), expected);
      assert.deepEqual((await byRest.presence.history({ direction: 'forwards' })).items.map(plain), expected);
      const there = await byRest.presence.get();
      assert.deepEqual(there.items.map(({ clientId, data }) => [clientId, bytes(data)]), [['dave', [7, 0]]]);
      const late = server.realtime({ useBinaryProtocol: annFormat.binary, clientId: 'late' }).channels.get(name);
      const members = await within(late.presence.get(), 'the members');
      assert.deepEqual(members.map(({ action, clientId }) => [action, clientId]), [['present', 'dave']]);
      const [batch] = (await rest.batchPresence([name])).results;
      assert.deepEqual([batch.channel, batch.presence.map(({ clientId }) => clientId)], [name, ['dave']]);
    });

    it('an update, an append and a delete are seen by who listens and by who asks', async () => {
      const { hers, heard, byRest } = await meet();
      const { serials: [serial] } = await within(hers.publish('m', 'one'), 'the acknowledgement');
      await within(hers.updateMessage({ serial, data: 'two' }, { description: 'why' }), 'the update');
      await within(hers.appendMessage({ serial, data: ' more' }), 'the append');
      assert.equal((await byRest.getMessage(serial)).data, 'two more');
      await byRest.deleteMessage({ serial });
      const actions = [];
      while (actions.at(-1) !== 'message.delete') {
        const message = await heard.take();
        assert.equal(message.serial, serial);
        actions.push(message.action);
      }
      assert.deepEqual([actions[0], actions[1], actions.at(-1)], ['message.create', 'message.update', 'message.delete']);
      assert.equal((await byRest.getMessage(serial)).action, 'message.delete');
      const versions = (await byRest.getMessageVersions(serial)).items;
      assert.deepEqual([versions[0].data, versions[1].data, versions[1].version.description], ['one', 'two', 'why']);
      assert.deepEqual([versions.length, versions.at(-1).action], [4, 'message.delete']);
    });

    it('annotations arrive raw where asked for, and as a summary', async () => {
      const { hers, his, heard, byRest } = await meet({ modes: ['SUBSCRIBE', 'ANNOTATION_SUBSCRIBE'] });
      const raw = new Queue();
      await within(his.annotations.subscribe(raw.put), 'the attach');
      const { serials: [serial] } = await within(hers.publish('m', 'one'), 'the acknowledgement');
      await within(hers.annotations.publish(serial, { type: 'reaction:distinct.v1', name: '👍' }), 'the annotation');
      const annotation = await raw.take();
      assert.deepEqual(
        [annotation.action, annotation.type, annotation.name, annotation.clientId, annotation.messageSerial],
        ['annotation.create', 'reaction:distinct.v1', '👍', 'ann', serial],
      );
      const summary = await heard.until(({ action }) => action === 'message.summary', 'the summary');
      assert.equal(summary.serial, serial);
      assert.deepEqual(summary.annotations.summary['reaction:distinct.v1']['👍'].clientIds, ['ann']);
      assert.deepEqual((await byRest.annotations.get(serial)).items.map(({ name }) => name), ['👍']);
    });

    it('a batch publish reaches every channel, and the channels are listed with their status', async () => {
      const { name, heard } = await meet();
      const result = await rest.batchPublish({ channels: [name, `${name}-2`], messages: [{ data: 'a' }, { data: 'b' }] });
      assert.equal(result.successCount, 2);
      assert.deepEqual([(await heard.take()).data, (await heard.take()).data], ['a', 'b']);
      const status = await rest.channels.get(name).status();
      assert.equal(status.channelId, name);
      assert.deepEqual([status.status.isActive, status.status.occupancy.metrics.connections], [true, 2]);
      const list = await rest.request('GET', '/channels', 2, { prefix: name });
      assert.equal(list.statusCode, 200);
      assert.ok(list.items.some(({ channelId }) => channelId === name));
    });

    it('requestToken gives a token that connects as whom it names, and for no more than it says', async () => {
      const name = unique('token');
      const details = await rest.auth.requestToken({ clientId: 'eve', capability: { [name]: ['subscribe'] } });
      assert.equal(details.capability, `{"${name}":["subscribe"]}`);
      const eve = server.realtime({ useBinaryProtocol: annFormat.binary, authCallback: tokens(() => details) });
      await state(eve, 'connected');
      assert.equal(eve.auth.clientId, 'eve');
      const channel = eve.channels.get(name);
      await within(channel.attach(), 'the attach');
      await assert.rejects(within(channel.publish('m', 'x'), 'the refusal'), { code: 40160 });
    });
  });
}
