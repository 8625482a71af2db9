// chatctl's commands on one side and the SDK on the other, both directions, for what is no message.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Program, Queue, Server, unique, within } from './helper.js';

const WIRES = ['msgpack', 'json'];
const CLAIM = '{"role":"moderator"}';

/** What comes from a subscription of the SDK. */
function heard(subscribe) {
  const queue = new Queue();
  subscribe(queue.put);
  return queue;
}

/** An object without what is undefined there and absent in JSON. */
const present = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

for (const wire of WIRES) {
  describe(`commands that speak ${wire} and the SDK`, () => {
    let server;
    let client;
    const env = (extra = {}) => server.env({ CHATCTL_WIRE: wire, ...extra });
    before(async () => {
      server = await Server.start();
      client = server.chat();
    });
    after(() => server.stop());

    async function attached(options = undefined) {
      const room = await client.rooms.get(unique('room'), options);
      await within(room.attach(), 'the attach');
      return room;
    }

    /** A tail of one noun that is listening, its events as objects. */
    async function follow(noun, room, ...args) {
      const tail = new Program([noun, 'tail', room.name, '--json', ...args, '--', 'sh', '-c', 'echo listening'], env());
      await tail.notices.until((line) => line === 'listening', 'the tail is listening');
      return { next: async () => JSON.parse(await tail.lines.take(`an event of ${noun} tail`)), stop: () => tail.stop() };
    }

    /** Runs a command that must do well. */
    async function run(args, extra = {}) {
      const { status, stdout, stderr } = await new Program(args, env(extra)).end();
      assert.equal(status, 0, stderr);
      return stdout.trimEnd();
    }

    it('typing from chatctl is heard by the SDK, with its claim', async () => {
      const room = await attached();
      const events = heard((put) => room.typing.subscribe(put));
      const token = server.token({ clientId: 'mod', claims: { 'ably.room.*': CLAIM } });
      const { ABLY_API_KEY, ABLY_CLIENT_ID, ...bare } = env();
      const typing = new Program(['typing', 'start', room.name, '--for', '200ms'], { ...bare, ABLY_TOKEN: token });
      const started = await events.take('the start');
      const stopped = await events.take('the stop');
      assert.equal((await typing.end()).status, 0);
      assert.deepEqual(present(started.change), { type: 'typing.started', clientId: 'mod', userClaim: CLAIM });
      assert.deepEqual(started.currentTypers.map(({ clientId }) => clientId), ['mod']);
      assert.equal(stopped.change.type, 'typing.stopped');
      assert.deepEqual(stopped.currentTypers, []);
    });

    it('typing from the SDK is printed by chatctl', async () => {
      const room = await attached();
      const tail = await follow('typing', room);
      await room.typing.keystroke();
      assert.deepEqual(await tail.next(), {
        type: 'typing.started', roomName: room.name, clientId: 'from-sdk', currentTypers: [{ clientId: 'from-sdk' }],
      });
      await room.typing.stop();
      assert.deepEqual(await tail.next(), {
        type: 'typing.stopped', roomName: room.name, clientId: 'from-sdk', currentTypers: [],
      });
      await tail.stop();
    });

    it('a member that chatctl holds is one to the SDK, with data of any kind, and leaves', async () => {
      for (const data of [{ mood: 'good', list: [1, null] }, 'text', 7, undefined]) {
        const room = await attached();
        const events = heard((put) => room.presence.subscribe(put));
        const args = data === undefined ? [] : ['--data', JSON.stringify(data)];
        const member = new Program(['presence', 'enter', room.name, ...args], env());
        const entered = await events.take('enter');
        assert.equal(entered.type, 'enter');
        assert.equal(entered.member.clientId, 'from-chatctl');
        assert.deepEqual(entered.member.data, data);
        const [there] = await room.presence.get();
        assert.deepEqual(there.data, data);
        assert.equal((await member.stop('SIGINT')).status, 0);
        assert.equal((await events.take('leave')).type, 'leave');
        assert.deepEqual(await room.presence.get(), []);
      }
    });

    it('a member that chatctl was killed with leaves', async () => {
      const room = await attached();
      const events = heard((put) => room.presence.subscribe(put));
      const member = new Program(['presence', 'enter', room.name], env());
      await events.take('enter');
      await member.stop('SIGKILL');
      // A link that breaks is waited for: 15 s.
      assert.equal((await events.take('leave')).type, 'leave');
    });

    it('members of the SDK are listed and followed by chatctl', async () => {
      const room = await attached();
      await room.presence.enter({ mood: 'good' });
      const tail = await follow('presence', room);
      const seen = async () => {
        const { type, member: { clientId, data } } = await tail.next();
        return [type, clientId, data];
      };
      assert.deepEqual(await seen(), ['present', 'from-sdk', { mood: 'good' }]);
      const [listed] = JSON.parse(await run(['presence', 'list', room.name, '--json']));
      assert.deepEqual([listed.clientId, listed.data], ['from-sdk', { mood: 'good' }]);
      await room.presence.update({ mood: 'better' });
      assert.deepEqual(await seen(), ['update', 'from-sdk', { mood: 'better' }]);
      await room.presence.leave();
      assert.deepEqual(await seen(), ['leave', 'from-sdk', { mood: 'better' }]);
      await tail.stop();
    });

    it('reactions of chatctl to a message reach the SDK, summed up and each', async () => {
      const room = await attached({ messages: { rawMessageReactions: true } });
      const { serial } = await room.messages.send({ text: 'react!' });
      const sums = heard((put) => room.messages.reactions.subscribe(put));
      const each = heard((put) => room.messages.reactions.subscribeRaw(put));
      await run(['reaction', 'send', room.name, serial, '👍']);
      await run(['reaction', 'send', room.name, serial, '🚀', '--type', 'multiple', '--count', '3']);
      await run(['reaction', 'send', room.name, serial, 'one', '--type', 'unique']);
      await run(['reaction', 'remove', room.name, serial, '👍']);
      const raw = [];
      for (let n = 0; n < 4; n += 1) raw.push(await each.take('a raw event'));
      assert.deepEqual(raw.map(({ type, reaction: { type: kind, name, count, clientId } }) => [type, kind, name, count, clientId]), [
        ['reaction.create', 'distinct', '👍', undefined, 'from-chatctl'],
        ['reaction.create', 'multiple', '🚀', 3, 'from-chatctl'],
        ['reaction.create', 'unique', 'one', undefined, 'from-chatctl'],
        ['reaction.delete', 'distinct', '👍', undefined, 'from-chatctl'],
      ]);
      let last;
      for (let n = 0; n < 4; n += 1) last = await sums.take('a summary');
      assert.deepEqual(Object.keys(last.reactions.distinct), []);
      assert.equal(last.reactions.multiple['🚀'].total, 3);
      assert.deepEqual(last.reactions.unique.one.clientIds, ['from-chatctl']);
    });

    it('reactions of the SDK to a message are printed by chatctl, summed up and each', async () => {
      const room = await attached();
      const { serial } = await room.messages.send({ text: 'react!' });
      const sums = await follow('reaction', room);
      const each = await follow('reaction', room, '--raw');
      await room.messages.reactions.send(serial, { type: 'multiple', name: '🚀', count: 2 });
      const sum = await sums.next();
      assert.deepEqual([sum.type, sum.messageSerial, sum.reactions.multiple['🚀'].total], ['reaction.summary', serial, 2]);
      const { timestamp, ...raw } = await each.next();
      assert.equal(typeof timestamp, 'number');
      assert.deepEqual(raw, {
        type: 'reaction.create',
        roomName: room.name,
        reaction: { messageSerial: serial, type: 'multiple', name: '🚀', clientId: 'from-sdk', count: 2 },
      });
      await room.messages.reactions.delete(serial, { type: 'multiple', name: '🚀' });
      assert.equal((await each.next()).type, 'reaction.delete');
      const listed = JSON.parse(await run(['reaction', 'list', room.name, serial, '--of', 'from-sdk', '--json']));
      assert.deepEqual(listed.multiple ?? {}, {});
      await Promise.all([sums.stop(), each.stop()]);
    });

    it('room reactions go both ways, whole', async () => {
      const room = await attached();
      const events = heard((put) => room.reactions.subscribe(put));
      await run(['room', 'react', room.name, '🎉', '--metadata', '{"a":{"b":1}}', '--headers', '{"h":"x"}']);
      const { reaction } = await events.take('the reaction of chatctl');
      assert.deepEqual(
        [reaction.name, reaction.clientId, reaction.isSelf, reaction.metadata, reaction.headers],
        ['🎉', 'from-chatctl', false, { a: { b: 1 } }, { h: 'x' }],
      );
      const tail = await server.tail([room.name, '--events', 'room-reactions'], { CHATCTL_WIRE: wire });
      await room.reactions.send({ name: 'like', metadata: { m: 1 }, headers: { h: 2 } });
      const printed = JSON.parse(await tail.lines.take('the reaction of the SDK'));
      const { createdAt, ...rest } = printed.reaction;
      assert.equal(typeof createdAt, 'number');
      assert.deepEqual({ ...printed, reaction: rest }, {
        type: 'reaction',
        roomName: room.name,
        reaction: { name: 'like', clientId: 'from-sdk', isSelf: false, metadata: { m: 1 }, headers: { h: 2 } },
      });
      await tail.stop();
    });

    it('occupancy counts both, and both are told', async () => {
      const room = await attached({ occupancy: { enableEvents: true } });
      const events = heard((put) => room.occupancy.subscribe(put));
      const tail = await follow('occupancy', room);
      await events.until(({ occupancy }) => occupancy.connections === 2, 'the SDK hears of the tail');
      const member = new Program(['presence', 'enter', room.name], env());
      await events.until(({ occupancy }) => occupancy.presenceMembers === 1, "the SDK hears of chatctl's member");
      await room.presence.enter();
      let seen;
      do seen = await tail.next(); while (seen.occupancy.presenceMembers !== 2);
      assert.deepEqual(seen, {
        type: 'occupancy.updated', roomName: room.name, occupancy: { connections: 3, presenceMembers: 2 },
      });
      const got = JSON.parse(await run(['occupancy', 'get', room.name, '--json']));
      assert.deepEqual(got, await room.occupancy.get());
      await Promise.all([tail.stop(), member.stop('SIGINT')]);
    });
  });
}
