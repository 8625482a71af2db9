// Each feature of Chat between two clients: in one format, in the other, and mixed in one room.

import assert from 'node:assert/strict';
import { createServer, connect } from 'node:net';
import { after, before, describe, it } from 'node:test';

import { asPrinted, FORMATS, Queue, Server, state, tokens, unique, within } from './helper.js';

const CLAIM = '{"role":"moderator"}';
const PAIRS = FORMATS.flatMap((ann) => FORMATS.map((bob) => ({ ann, bob })));

/** Everything that a message is, for comparing. */
const whole = (message) => ({ ...asPrinted(message), reactions: message.reactions });

/** What comes from a subscription of the SDK. */
function heard(subscribe) {
  const queue = new Queue();
  subscribe(queue.put);
  return queue;
}

for (const { ann: annFormat, bob: bobFormat } of PAIRS) {
  describe(`chat from ${annFormat.name} to ${bobFormat.name}`, () => {
    let server;
    let ann;
    let bob;
    before(async () => {
      server = await Server.start();
      ann = server.chat({ useBinaryProtocol: annFormat.binary, clientId: 'ann' });
      bob = server.chat({ useBinaryProtocol: bobFormat.binary, clientId: 'bob' });
      await Promise.all([state(ann.realtime, 'connected'), state(bob.realtime, 'connected')]);
    });
    after(() => server.stop());

    /** The same room of both, attached. */
    async function meet(options = undefined, clients = [ann, bob]) {
      const name = unique('room');
      const rooms = [];
      for (const client of clients) {
        const room = await client.rooms.get(name, options);
        await within(room.attach(), `the attach of ${name}`);
        rooms.push(room);
      }
      return { name, rooms, her: rooms[0], his: rooms[1] };
    }

    /** A client of Ann's whose token claims something. */
    const claiming = (claim, clientId = 'ann') => server.chat({
      useBinaryProtocol: annFormat.binary,
      authCallback: tokens(() => server.token({ clientId, claims: { 'ably.room.*': claim } })),
    });

    describe('messages', () => {
      it('a message lives: sent, updated, updated again, deleted; answers, events, get, versions and history agree', async () => {
        const { her, his } = await meet();
        const [hers, hiss] = [her, his].map((room) => heard((put) => room.messages.subscribe(put)));
        const metadata = { zebra: { deep: [1, 2.5, null, 'ü'] }, ant: true };
        const answers = [await her.messages.send({ text: 'first 👋', metadata, headers: { n: 22, f: false, s: 'x' } })];
        answers.push(await his.messages.update(
          answers[0].serial,
          { text: 'second', metadata: { only: 'this' }, headers: { h: 1.5 } },
          { description: 'a correction', metadata: { reason: 'typo' } },
        ));
        // What is not given is removed, not inherited.
        answers.push(await her.messages.update(answers[0].serial, { text: 'third' }));
        answers.push(await his.messages.delete(answers[0].serial, { description: 'rude' }));

        const [created, updated, replaced, deleted] = answers.map(asPrinted);
        const { serial, timestamp } = created;
        assert.deepEqual([created.clientId, created.action, created.text], ['ann', 'message.create', 'first 👋']);
        assert.deepEqual(created.version, { serial, timestamp });
        assert.deepEqual(JSON.stringify(answers[0].metadata), JSON.stringify(metadata), 'members keep their order');
        assert.deepEqual(updated, {
          serial, timestamp, clientId: 'ann', text: 'second', metadata: { only: 'this' }, headers: { h: 1.5 },
          action: 'message.update',
          version: {
            serial: updated.version.serial, timestamp: updated.version.timestamp, clientId: 'bob',
            description: 'a correction', metadata: { reason: 'typo' },
          },
        });
        assert.deepEqual([replaced.text, replaced.metadata, replaced.headers], ['third', {}, {}]);
        assert.deepEqual(Object.keys(replaced.version).sort(), ['clientId', 'serial', 'timestamp']);
        assert.deepEqual(
          [deleted.action, deleted.text, deleted.metadata, deleted.headers, deleted.version.description],
          ['message.delete', '', {}, {}, 'rude'],
        );
        const serials = answers.map(({ version }) => version.serial);
        assert.deepEqual([...serials].sort(), serials, 'versions sort as text');
        assert.equal(new Set(serials).size, 4);

        for (const queue of [hers, hiss]) {
          const events = [await queue.take(), await queue.take(), await queue.take(), await queue.take()];
          assert.deepEqual(events.map(({ type }) => type), [
            'message.created', 'message.updated', 'message.updated', 'message.deleted',
          ]);
          assert.deepEqual(events.map(({ message }) => asPrinted(message)), answers.map(asPrinted));
          // with() keeps the newest version, in whatever order they come.
          const [first, second, third, fourth] = events;
          let message = first.message;
          for (const event of [third, second, fourth, third]) message = message.with(event);
          assert.deepEqual(asPrinted(message), deleted);
        }
        for (const room of [her, his]) {
          const versions = await room.channel.getMessageVersions(serial);
          assert.deepEqual(versions.items.map(({ version }) => version.serial), serials);
          assert.deepEqual(asPrinted(await room.messages.get(serial)), deleted);
          assert.deepEqual((await room.messages.history({ limit: 5 })).items.map(asPrinted), [deleted]);
        }
      });

      it('the versions over Chat are the answers, oldest first', async () => {
        const { name, her, his } = await meet();
        const sent = await her.messages.send({ text: 'one', metadata: { a: 1 }, headers: { h: 'h' } });
        const updated = await his.messages.update(sent.serial, sent.copy({ text: 'two' }));
        const deleted = await her.messages.delete(sent.serial);
        const path = `/chat/v4/rooms/${name}/messages/${encodeURIComponent(sent.serial)}/versions`;
        for (const { realtime } of [ann, bob]) {
          const page = await realtime.request('GET', path, 4, {});
          assert.equal(page.statusCode, 200);
          const asAnswered = page.items.map(({ reactions, ...message }) => message);
          assert.deepEqual(asAnswered, [sent, updated, deleted].map(asPrinted));
        }
      });

      it('messages from both arrive at both in one order', async () => {
        const { her, his } = await meet();
        const queues = [her, his].map((room) => heard((put) => room.messages.subscribe(put)));
        const sending = Array.from({ length: 20 }, (_, n) => (n % 2 ? her : his).messages.send({ text: `${n}` }));
        const sent = (await Promise.all(sending)).map(({ serial }) => serial).sort();
        for (const queue of queues) {
          const serials = [];
          for (const _ of sent) serials.push((await queue.take()).message.serial);
          assert.deepEqual(serials, sent);
        }
      });

      it('history before subscribe: exactly what came before, in its newest version', async () => {
        const { her, name } = await meet(undefined, [ann]);
        const early = await her.messages.send({ text: 'early' });
        const edited = await her.messages.send({ text: 'to be edited' });
        const room = await bob.rooms.get(name);
        const subscription = room.messages.subscribe(() => {});
        await within(room.attach(), 'the attach');
        const newest = await her.messages.update(edited.serial, { text: 'edited' });
        await her.messages.send({ text: 'late' });
        for (let time = 0; time < 2; time += 1) {
          const page = await within(subscription.historyBeforeSubscribe({ limit: 10 }), 'the history');
          assert.deepEqual(page.items.map(asPrinted), [newest, early].map(asPrinted));
        }
        const paged = await subscription.historyBeforeSubscribe({ limit: 1 });
        await her.messages.send({ text: 'later' });
        assert.deepEqual((await paged.next()).items.map(({ text }) => text), ['early']);
      });
    });

    describe('message reactions', () => {
      it('three types, with their summaries at once; a change without effect has none', async () => {
        const { her, his } = await meet();
        const { serial } = await her.messages.send({ text: 'react!' });
        const queues = [her, his].map((room) => heard((put) => room.messages.reactions.subscribe(put)));
        const acts = [
          [her, 'send', { type: 'unique', name: '👍' }],
          [his, 'send', { type: 'unique', name: '👍' }],
          [her, 'send', { type: 'unique', name: '👎' }],
          [her, 'send', { type: 'distinct', name: '🎉' }],
          [her, 'send', { type: 'distinct', name: '🎉' }],
          [his, 'send', { type: 'distinct', name: '🎉' }],
          [his, 'send', { type: 'distinct', name: 'a word, with / + ?' }],
          [her, 'send', { type: 'multiple', name: '🚀' }],
          [her, 'send', { type: 'multiple', name: '🚀', count: 10 }],
          [his, 'send', { type: 'multiple', name: '🚀', count: 2 }],
          [his, 'delete', { type: 'distinct', name: 'not there' }],
          [his, 'delete', { type: 'distinct', name: 'a word, with / + ?' }],
          [her, 'delete', { type: 'multiple', name: '🚀' }],
          [his, 'delete', { type: 'unique' }],
        ];
        for (const [room, act, reaction] of acts) await room.messages.reactions[act](serial, reaction);
        const one = (...clientIds) => ({ total: clientIds.length, clientIds, clipped: false });
        const counted = (clientIds) => ({
          total: Object.values(clientIds).reduce((sum, count) => sum + count, 0),
          clientIds, totalUnidentified: 0, clipped: false, totalClientIds: Object.keys(clientIds).length,
        });
        const expected = [
          { unique: { '👍': one('ann') } },
          { unique: { '👍': one('ann', 'bob') } },
          { unique: { '👍': one('bob'), '👎': one('ann') } },
          { distinct: { '🎉': one('ann') } },
          { distinct: { '🎉': one('ann', 'bob') } },
          { distinct: { '🎉': one('ann', 'bob'), 'a word, with / + ?': one('bob') } },
          { multiple: { '🚀': counted({ ann: 1 }) } },
          { multiple: { '🚀': counted({ ann: 11 }) } },
          { multiple: { '🚀': counted({ ann: 11, bob: 2 }) } },
          { distinct: { '🎉': one('ann', 'bob') } },
          { multiple: { '🚀': counted({ bob: 2 }) } },
          { unique: { '👎': one('ann') } },
        ];
        let last = { unique: {}, distinct: {}, multiple: {} };
        const summaries = expected.map((change) => (last = { ...last, ...change }));
        for (const queue of queues) {
          for (const summary of summaries) {
            const event = await queue.take('a summary');
            assert.equal(event.messageSerial, serial);
            assert.deepEqual(event.reactions, summary);
          }
          assert.deepEqual(queue.left, []);
        }
        for (const room of [her, his]) {
          assert.deepEqual((await room.messages.get(serial)).reactions, last);
          assert.deepEqual((await room.messages.history({ limit: 1 })).items[0].reactions, last);
        }
        // An update leaves them as they are.
        assert.deepEqual((await her.messages.update(serial, { text: 'still' })).reactions, last);
      });

      it('raw events carry type, name, count, sender and claim', async () => {
        const moderator = claiming(CLAIM, 'moderator');
        const { rooms: [hers, his, theirs] } = await meet({ messages: { rawMessageReactions: true } }, [ann, bob, moderator]);
        const { serial } = await hers.messages.send({ text: 'react!' });
        const queues = [hers, his].map((room) => heard((put) => room.messages.reactions.subscribeRaw(put)));
        await his.messages.reactions.send(serial, { type: 'unique', name: '👍' });
        await theirs.messages.reactions.send(serial, { type: 'multiple', name: '🚀', count: 10 });
        await theirs.messages.reactions.send(serial, { type: 'distinct', name: '🎉' });
        await theirs.messages.reactions.delete(serial, { type: 'distinct', name: '🎉' });
        const base = { messageSerial: serial, clientId: 'moderator', userClaim: CLAIM };
        for (const queue of queues) {
          const events = [];
          for (let n = 0; n < 4; n += 1) events.push(await queue.take('a raw event'));
          assert.deepEqual(events.map(({ type }) => type), [
            'reaction.create', 'reaction.create', 'reaction.create', 'reaction.delete',
          ]);
          const present = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
          assert.deepEqual(events.map(({ reaction }) => present(reaction)), [
            { messageSerial: serial, type: 'unique', name: '👍', clientId: 'bob' },
            { ...base, type: 'multiple', name: '🚀', count: 10 },
            { ...base, type: 'distinct', name: '🎉' },
            { ...base, type: 'distinct', name: '🎉' },
          ]);
        }
      });

      it("one client's reactions: only the names it used, the totals of all", async () => {
        const { her, his } = await meet();
        const { serial } = await her.messages.send({ text: 'react!' });
        assert.deepEqual(await his.messages.reactions.clientReactions(serial), { unique: {}, distinct: {}, multiple: {} });
        await her.messages.reactions.send(serial, { type: 'distinct', name: '❤️' });
        await his.messages.reactions.send(serial, { type: 'distinct', name: '❤️' });
        await her.messages.reactions.send(serial, { type: 'distinct', name: 'hers alone' });
        await her.messages.reactions.send(serial, { type: 'multiple', name: '🚀', count: 10 });
        await his.messages.reactions.send(serial, { type: 'multiple', name: '🚀', count: 3 });
        for (const reactions of [
          await his.messages.reactions.clientReactions(serial),
          await her.messages.reactions.clientReactions(serial, 'bob'),
        ]) {
          assert.deepEqual(reactions.unique, {});
          assert.deepEqual(Object.keys(reactions.distinct), ['❤️']);
          assert.equal(reactions.distinct['❤️'].total, 2);
          assert.deepEqual(reactions.distinct['❤️'].clientIds, ['bob']);
          assert.equal(reactions.multiple['🚀'].total, 13);
          assert.deepEqual(reactions.multiple['🚀'].clientIds, { bob: 3 });
        }
      });

      it('what can not be is refused with its code, and changes nothing', async () => {
        const { her } = await meet();
        const { serial } = await her.messages.send({ text: 'react!' });
        const { reactions } = her.messages;
        const unknown = '01700000000000-000@abcdef:000';
        await assert.rejects(reactions.send(unknown, { name: '👍' }), { code: 40400, statusCode: 404 });
        await assert.rejects(reactions.delete(unknown, { name: '👍' }), { code: 40400, statusCode: 404 });
        await assert.rejects(reactions.send(serial, { name: '' }), { code: 40001, statusCode: 400 });
        await assert.rejects(reactions.send(serial, { type: 'multiple', name: '👍', count: -1 }), { code: 40001 });
        await assert.rejects(her.messages.update(unknown, { text: 'x' }), { code: 40400, statusCode: 404 });
        await assert.rejects(her.messages.delete(unknown), { code: 40400, statusCode: 404 });
        assert.deepEqual((await her.messages.get(serial)).reactions, { unique: {}, distinct: {}, multiple: {} });
      });
    });

    describe('room reactions', () => {
      it('arrive at everybody in order, whole, and are not kept', async () => {
        const { her, his } = await meet();
        const queues = [her, his].map((room) => heard((put) => room.reactions.subscribe(put)));
        await her.reactions.send({ name: 'like', metadata: { z: [1], a: { b: null } }, headers: { n: 1 } });
        await her.reactions.send({ name: '❤️' });
        for (const [index, queue] of queues.entries()) {
          const first = (await queue.take()).reaction;
          assert.deepEqual(
            [first.name, first.clientId, first.isSelf, JSON.stringify(first.metadata), first.headers, first.userClaim],
            ['like', 'ann', index === 0, '{"z":[1],"a":{"b":null}}', { n: 1 }, undefined],
          );
          assert.ok(Math.abs(Date.now() - first.createdAt.getTime()) < 60_000);
          const second = (await queue.take()).reaction;
          assert.deepEqual([second.name, second.metadata, second.headers], ['❤️', {}, {}]);
        }
        assert.deepEqual((await her.messages.history({ limit: 10 })).items, []);
        assert.deepEqual((await her.channel.history()).items, []);
      });
    });

    describe('typing', () => {
      it('is seen by the typer and by others, starts once and stops', async () => {
        const { her, his } = await meet({ typing: { heartbeatThrottleMs: 60_000 } });
        const queues = [her, his].map((room) => heard((put) => room.typing.subscribe(put)));
        await her.typing.keystroke();
        await her.typing.keystroke();
        await his.typing.keystroke();
        await her.typing.stop();
        await his.typing.stop();
        for (const queue of queues) {
          const events = [await queue.take(), await queue.take(), await queue.take(), await queue.take()];
          assert.deepEqual(events.map(({ type, change, currentTypers }) => [
            type, change.type, change.clientId, currentTypers.map(({ clientId }) => clientId),
          ]), [
            ['typing.set.changed', 'typing.started', 'ann', ['ann']],
            ['typing.set.changed', 'typing.started', 'bob', ['ann', 'bob']],
            ['typing.set.changed', 'typing.stopped', 'ann', ['bob']],
            ['typing.set.changed', 'typing.stopped', 'bob', []],
          ]);
          assert.deepEqual(queue.left, []);
        }
      });

      it('is not told to who comes later', async () => {
        const { name, her } = await meet(undefined, [ann]);
        await her.typing.keystroke();
        const room = await bob.rooms.get(name);
        const late = heard((put) => room.typing.subscribe(put));
        await within(room.attach(), 'the attach');
        await within(bob.realtime.connection.ping(), 'the answer to the ping');
        assert.deepEqual(late.left, []);
        assert.deepEqual(room.typing.currentTypers, []);
        await her.typing.stop();
      });
    });

    describe('presence', () => {
      it('enter, update and leave, seen by both; leave without data has the last data', async () => {
        const { her, his } = await meet();
        const queues = [her, his].map((room) => heard((put) => room.presence.subscribe(put)));
        await within(her.presence.enter({ mood: 'good', list: [1, null] }), 'enter');
        assert.equal(await her.presence.isUserPresent('ann'), true, 'the echo stands before the acknowledgement');
        await within(her.presence.update({ mood: 'better' }), 'update');
        await within(her.presence.leave(), 'leave');
        assert.equal(await her.presence.isUserPresent('ann'), false);
        await within(his.presence.enter(), 'enter without data');
        await within(his.presence.leave({ why: 'late' }), 'leave with data');
        for (const queue of queues) {
          const events = [];
          for (let n = 0; n < 5; n += 1) events.push(await queue.take('a presence event'));
          assert.deepEqual(events.map(({ type, member }) => [type, member.clientId, member.data]), [
            ['enter', 'ann', { mood: 'good', list: [1, null] }],
            ['update', 'ann', { mood: 'better' }],
            ['leave', 'ann', { mood: 'better' }],
            ['enter', 'bob', undefined],
            ['leave', 'bob', { why: 'late' }],
          ]);
          for (const { member } of events) {
            assert.ok(member.updatedAt instanceof Date && !Number.isNaN(member.updatedAt.getTime()));
            assert.equal(member.userClaim, undefined);
          }
          assert.equal(new Set(events.map(({ member }) => member.id)).size, 5, 'every event has its own id');
        }
      });

      it('any type of data comes as it was given', async () => {
        const { her, his } = await meet();
        const events = heard((put) => his.presence.subscribe(put));
        for (const data of ['text', '', { a: { b: [1, 2.5, 'ü'] } }, [1, [2]], {}, undefined]) {
          await within(her.presence.enter(data), 'enter');
          assert.deepEqual((await events.take()).member.data, data);
          const [member] = await within(his.presence.get({ clientId: 'ann' }), 'the members');
          assert.deepEqual(member.data, data);
          await within(her.presence.leave(), 'leave');
          assert.deepEqual((await events.take()).type, 'leave');
        }
      });

      it('who comes later is told who is there, and hears the rest as it happens', async () => {
        const { name, her } = await meet(undefined, [claiming(CLAIM)]);
        await within(her.presence.enter({ n: 1 }), 'enter');
        const room = await bob.rooms.get(name);
        const events = heard((put) => room.presence.subscribe(put));
        await within(room.attach(), 'the attach');
        const present = await events.take('the member that was there');
        assert.deepEqual(
          [present.type, present.member.clientId, present.member.data, present.member.userClaim],
          ['present', 'ann', { n: 1 }, CLAIM],
        );
        const members = await within(room.presence.get(), 'the members');
        assert.deepEqual(members.map(({ clientId, data, userClaim }) => [clientId, data, userClaim]), [['ann', { n: 1 }, CLAIM]]);
        await within(room.presence.enter(), 'enter');
        const entered = await events.take('the own enter');
        assert.deepEqual([entered.type, entered.member.clientId], ['enter', 'bob']);
      });

      it('a member whose client closes leaves at once, with its last data and claim', async () => {
        const leaver = claiming(CLAIM, 'leaver');
        const { rooms: [gone, his] } = await meet(undefined, [leaver, bob]);
        const events = heard((put) => his.presence.subscribe(put));
        await within(gone.presence.enter({ last: true }), 'enter');
        assert.equal((await events.take()).type, 'enter');
        leaver.realtime.close();
        const { type, member } = await events.take('the leave');
        assert.deepEqual([type, member.clientId, member.data, member.userClaim], ['leave', 'leaver', { last: true }, CLAIM]);
        assert.deepEqual(await within(his.presence.get(), 'the members'), []);
      });

      it('a member whose room is detached leaves', async () => {
        const { her, his } = await meet();
        const events = heard((put) => his.presence.subscribe(put));
        await within(her.presence.enter({ here: 1 }), 'enter');
        assert.equal((await events.take()).type, 'enter');
        await within(her.detach(), 'the detach');
        const { type, member } = await events.take('the leave');
        assert.deepEqual([type, member.clientId, member.data], ['leave', 'ann', { here: 1 }]);
      });
    });

    describe('occupancy', () => {
      it('counts connections and members, and the caller only if attached', async () => {
        const name = unique('room');
        const hers = await ann.rooms.get(name);
        const his = await bob.rooms.get(name);
        assert.deepEqual(await hers.occupancy.get(), { connections: 0, presenceMembers: 0 });
        await within(hers.attach(), 'the attach');
        assert.deepEqual(await hers.occupancy.get(), { connections: 1, presenceMembers: 0 });
        await within(his.attach(), 'the attach');
        await within(his.presence.enter(), 'enter');
        assert.deepEqual(await hers.occupancy.get(), { connections: 2, presenceMembers: 1 });
        await within(his.presence.leave(), 'leave');
        await within(his.detach(), 'the detach');
        assert.deepEqual(await hers.occupancy.get(), { connections: 1, presenceMembers: 0 });
      });

      it('events follow, and the newest is at hand', async () => {
        const name = unique('room');
        const hers = await ann.rooms.get(name, { occupancy: { enableEvents: true } });
        const his = await bob.rooms.get(name);
        const events = heard((put) => hers.occupancy.subscribe(put));
        const until = async (connections, presenceMembers) => {
          const wanted = ({ occupancy }) => occupancy.connections === connections && occupancy.presenceMembers === presenceMembers;
          const { type } = await events.until(wanted, `an event of ${connections} and ${presenceMembers}`);
          assert.equal(type, 'occupancy.updated');
          assert.deepEqual(hers.occupancy.current, { connections, presenceMembers });
        };
        await within(hers.attach(), 'the attach');
        await until(1, 0);
        await within(his.attach(), 'the attach');
        await within(his.presence.enter(), 'enter');
        await until(2, 1);
        await within(his.detach(), 'the detach');
        await until(1, 0);
      });
    });

    describe('user claims', () => {
      it('are on all five kinds of event, and on none of who has no claim', async () => {
        const options = { messages: { rawMessageReactions: true } };
        const moderator = claiming(CLAIM, 'moderator');
        const plain = claiming(undefined, 'plain');
        const { rooms: [theirs, others, his] } = await meet(options, [moderator, plain, bob]);
        const events = {
          message: heard((put) => his.messages.subscribe(({ message }) => put(message))),
          member: heard((put) => his.presence.subscribe(({ member }) => put(member))),
          typing: heard((put) => his.typing.subscribe(({ change }) => put(change))),
          reaction: heard((put) => his.reactions.subscribe(({ reaction }) => put(reaction))),
          raw: heard((put) => his.messages.reactions.subscribeRaw(({ reaction }) => put(reaction))),
        };
        for (const [room, clientId, claim] of [[theirs, 'moderator', CLAIM], [others, 'plain', undefined]]) {
          const sent = await room.messages.send({ text: 'hi' });
          assert.equal(sent.userClaim, claim);
          await within(room.presence.enter(), 'enter');
          await within(room.presence.update({ a: 1 }), 'update');
          await within(room.presence.leave(), 'leave');
          await within(room.typing.keystroke(), 'keystroke');
          await within(room.typing.stop(), 'stop');
          await within(room.reactions.send({ name: 'like' }), 'the reaction');
          await room.messages.reactions.send(sent.serial, { name: '👍' });
          await room.messages.reactions.delete(sent.serial, { name: '👍' });
          for (const [kind, count] of [['message', 1], ['member', 3], ['typing', 2], ['reaction', 1], ['raw', 2]]) {
            for (let n = 0; n < count; n += 1) {
              const event = await events[kind].take(`${kind} of ${clientId}`);
              assert.deepEqual([event.clientId, event.userClaim], [clientId, claim], kind);
              assert.equal('userClaim' in event && event.userClaim === null, false);
            }
          }
        }
      });

      it('of a message is the claim of who acted last', async () => {
        const { rooms: [theirs, his] } = await meet(undefined, [claiming(CLAIM, 'moderator'), bob]);
        const events = heard((put) => his.messages.subscribe(put));
        const { serial } = await his.messages.send({ text: 'hi' });
        const expected = [undefined, CLAIM, undefined, CLAIM];
        const answers = [
          await his.messages.get(serial),
          await theirs.messages.update(serial, { text: 'edited' }),
          await his.messages.update(serial, { text: 'edited again' }),
          await theirs.messages.delete(serial),
        ];
        assert.deepEqual(answers.map(({ userClaim }) => userClaim), expected);
        for (const claim of expected) {
          const { message } = await events.take();
          assert.deepEqual([message.clientId, message.userClaim], ['bob', claim]);
        }
        assert.equal((await his.messages.get(serial)).userClaim, CLAIM);
        assert.equal((await his.messages.history({ limit: 1 })).items[0].userClaim, CLAIM);
      });
    });
  });
}

/** A wire to the server that can be cut. */
class Wire {
  static async to(server) {
    const wire = new Wire();
    wire.cut = false;
    wire.sockets = new Set();
    wire.listener = createServer((near) => {
      if (wire.cut) {
        near.destroy();
        return;
      }
      const far = connect(server.port, '127.0.0.1');
      for (const [one, other] of [[near, far], [far, near]]) {
        wire.sockets.add(one);
        one.on('error', () => {});
        one.on('close', () => {
          wire.sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    await new Promise((resolve) => wire.listener.listen(0, '127.0.0.1', resolve));
    wire.port = wire.listener.address().port;
    return wire;
  }

  drop() {
    this.cut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend() {
    this.cut = false;
  }

  close() {
    this.drop();
    return new Promise((resolve) => this.listener.close(resolve));
  }
}

for (const { name: format, binary } of FORMATS) {
  describe(`continuity in ${format}`, () => {
    it('a dropped connection is resumed: nothing lost, no discontinuity, the member still there', async () => {
      const server = await Server.start();
      const wire = await Wire.to(server);
      try {
        const bob = server.chat({ useBinaryProtocol: binary, clientId: 'bob' });
        const his = await bob.rooms.get('room');
        await within(his.attach(), 'the attach');
        const presence = heard((put) => his.presence.subscribe(put));
        const ann = server.chat({ useBinaryProtocol: binary, clientId: 'ann', port: wire.port, disconnectedRetryTimeout: 50 });
        const hers = await ann.rooms.get('room');
        const messages = heard((put) => hers.messages.subscribe(put));
        const discontinuities = heard((put) => hers.onDiscontinuity(put));
        await within(hers.attach(), 'the attach');
        await within(hers.presence.enter({ n: 1 }), 'enter');
        assert.equal((await presence.take()).type, 'enter');
        const { id } = ann.realtime.connection;
        for (let round = 0; round < 3; round += 1) {
          wire.drop();
          await state(ann.realtime, 'disconnected');
          const texts = [`a${round}`, `b${round}`];
          for (const text of texts) await his.messages.send({ text });
          wire.mend();
          await state(ann.realtime, 'connected');
          texts.push(`c${round}`);
          await his.messages.send({ text: texts[2] });
          for (const text of texts) assert.equal((await messages.take()).message.text, text);
          assert.equal(ann.realtime.connection.id, id);
        }
        assert.deepEqual(messages.left, []);
        assert.deepEqual(discontinuities.left, []);
        assert.equal(hers.status, 'attached');
        assert.equal(await his.presence.isUserPresent('ann'), true);
        assert.deepEqual(presence.left.filter(({ type }) => type === 'leave'), []);
      } finally {
        await server.stop();
        await wire.close();
      }
    });

    it('a server that was killed and came back empty: one discontinuity, and the room goes on', async () => {
      const first = await Server.start();
      const ann = first.chat({ useBinaryProtocol: binary, clientId: 'ann', disconnectedRetryTimeout: 50 });
      const room = await ann.rooms.get('room');
      const messages = heard((put) => room.messages.subscribe(put));
      const { historyBeforeSubscribe } = room.messages.subscribe(() => {});
      const discontinuities = heard((put) => room.onDiscontinuity(put));
      await within(room.attach(), 'the attach');
      await room.messages.send({ text: 'before' });
      assert.equal((await messages.take()).message.text, 'before');
      const { id } = ann.realtime.connection;
      await first.program.stop('SIGKILL');
      await state(ann.realtime, 'disconnected', 'connecting');
      const second = await Server.start({ port: first.port });
      try {
        const { code } = await discontinuities.take('the discontinuity');
        assert.equal(code, 102100);
        await state(ann.realtime, 'connected');
        assert.notEqual(ann.realtime.connection.id, id);
        assert.deepEqual((await within(historyBeforeSubscribe({ limit: 10 }), 'the history')).items, []);
        const sent = await room.messages.send({ text: 'after' });
        assert.equal((await messages.take()).message.serial, sent.serial);
        assert.deepEqual(discontinuities.left, []);
      } finally {
        await first.stop();
        await second.stop();
      }
    });
  });
}
