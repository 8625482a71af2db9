// Least privilege out of a recorded run: a suite of @ably/chat is recorded, what it needed is minted as a token, and the
// suite passes with that and fails with any less.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { chatctl, enter, KEY, Queue, Server, temporaryPath, within } from './helper.js';

/** What an app does, as the client of `token`; each step fails if anything is missing or refused. */
async function suite(server, token) {
  const client = server.chat({ token, useBinaryProtocol: false });
  const { room, messages } = await enter(client, 'lobby', { occupancy: { enableEvents: true } });
  const next = (what) => messages.take(what);
  const sent = await room.messages.send({ text: 'hello' });
  assert.equal((await next('the message')).message.serial, sent.serial);
  await room.messages.update(sent.serial, sent.copy({ text: 'hello!' }));
  assert.equal((await next('the update')).message.text, 'hello!');
  assert.equal((await room.messages.history({ limit: 10 })).items.length, 1);
  await room.messages.reactions.send(sent.serial, { type: 'distinct', name: '👍' });
  await room.messages.delete(sent.serial);
  assert.equal((await next('the deletion')).type, 'message.deleted');
  const reactions = new Queue();
  room.reactions.subscribe(reactions.put);
  await within(room.reactions.send({ name: 'like' }), 'the room reaction');
  assert.equal((await reactions.take('the room reaction')).reaction.name, 'like');
  await within(room.presence.enter({ mood: 'good' }), 'the enter');
  assert.equal(await room.presence.isUserPresent('ann'), true);
  assert.equal((await room.occupancy.get()).connections, 1);
}

/** The suite on a server of its own; what was written down of it. */
async function run(capability) {
  const log = temporaryPath('access.jsonl');
  const server = await Server.start({ args: ['--access-log', log] });
  try {
    await within(suite(server, server.token({ clientId: 'ann', capability })), 'the suite', 8000);
  } finally {
    await server.stop();
  }
  return log;
}

describe('capability minimize', () => {
  it('finds what a suite of @ably/chat needs, and nothing that it could do without', async () => {
    const log = await run({ '*': ['*'] });
    assert.ok(!readFileSync(log, 'utf8').includes(KEY.split(':')[1]), 'the key is written down');
    const { status, stdout, stderr } = await chatctl(['capability', 'minimize', log, '--json']);
    assert.equal(status, 0, stderr);
    const [{ clientId, capability }, ...others] = JSON.parse(stdout);
    assert.deepEqual([clientId, others], ['ann', []]);
    const least = typeof capability === 'string' ? JSON.parse(capability) : capability;
    assert.deepEqual(Object.keys(least), ['lobby']);
    assert.deepEqual([...least.lobby].sort(), [
      'annotation-publish', 'channel-metadata', 'history', 'message-delete-own', 'message-update-own', 'presence',
      'publish', 'subscribe',
    ]);

    await run(least);
    for (const operation of least.lobby) {
      const less = { lobby: least.lobby.filter((other) => other !== operation) };
      await assert.rejects(run(less), undefined, `it passes without ${operation} too`);
    }
  });
});
