// Ten things that happen to every app and that its tests seldom see. docs/testing.md explains them one by one.
//
// They wait for minutes and hours, which pass in a moment under `chatctl exec --virtual-time -- npm test`.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { newApp, sleep, until } from '../support/app.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const isVirtual = process.env.CHATCTL_CLOCK !== undefined;
const slow = { skip: !isVirtual && 'takes minutes without chatctl exec --virtual-time' };

/** Ann and Bob in a room, each with the messages that they have seen. */
async function together(t) {
  const app = await newApp(t);
  const join = async (clientId) => {
    const chat = app.client(clientId);
    const room = await chat.rooms.get('lobby');
    const seen = [];
    const { historyBeforeSubscribe } = room.messages.subscribe(({ message }) => seen.push(message.text));
    await room.attach();
    return { chat, room, seen, historyBeforeSubscribe, connection: chat.realtime.connection };
  };
  return { ...app, ann: await join('ann'), bob: await join('bob') };
}

/** The states that a connection goes through. */
function states(connection) {
  const list = [];
  connection.on(({ current }) => list.push(current));
  return list;
}

describe('recipes', { concurrency: false }, () => {
  it('1 reconnect: the network fails for a moment, and nothing is lost', async (t) => {
    const { ann, bob, faults } = await together(t);
    const seen = states(ann.connection);
    await faults.cut('ann');
    await bob.room.messages.send({ text: 'are you there?' });
    await until(() => ann.seen.includes('are you there?'));
    assert.deepEqual(seen, ['disconnected', 'connecting', 'connected']);
  });

  it('2 discontinuity: after two minutes away the app is told that it has missed something', slow, async (t) => {
    const { ann, bob, faults } = await together(t);
    await bob.room.messages.send({ text: 'see you' });
    await until(() => ann.seen.includes('see you'));
    const lost = [];
    ann.room.onDiscontinuity((error) => lost.push(error.code));
    await faults.now({ do: 'offline', client: 'ann', for: '150s' });
    await sleep(4 * MINUTE);
    assert.deepEqual(lost, [102100]);
    assert.equal(ann.room.status, 'attached');
  });

  it('3 token renewal: a token of an hour is renewed before it ends, over the same connection', slow, async (t) => {
    const { newToken, clientWithToken } = await newApp(t);
    let tokens = 0;
    const chat = clientWithToken((_, done) => {
      tokens += 1;
      done(null, newToken('ann', HOUR));
    });
    await chat.realtime.connection.whenState('connected');
    const { id } = chat.realtime.connection;
    await sleep(2.5 * HOUR);
    assert.equal(tokens, 3);
    assert.equal(chat.realtime.connection.id, id);
  });

  it('4 presence leave: who vanishes has left 15 seconds later', slow, async (t) => {
    const { ann, bob, faults } = await together(t);
    const left = [];
    bob.room.presence.subscribe(({ type, member }) => {
      if (type === 'leave') left.push([member.clientId, Date.now()]);
    });
    await ann.room.presence.enter();
    const start = Date.now();
    await faults.now({ do: 'offline', client: 'ann', for: '1m' });
    await sleep(30 * SECOND);
    assert.equal(left.length, 1);
    const [[clientId, time]] = left;
    assert.equal(clientId, 'ann');
    assert.ok(time - start >= 15 * SECOND && time - start < 16 * SECOND, `${time - start} ms`);
  });

  it('5 typing: who stops typing is not shown as typing any more', slow, async (t) => {
    const { ann, bob } = await together(t);
    const typing = [];
    bob.room.typing.subscribe(({ currentlyTyping }) => typing.push([...currentlyTyping]));
    await ann.room.typing.keystroke();
    await sleep(20 * SECOND);
    assert.deepEqual(typing, [['ann'], []]);
  });

  it('6 rate limit: a send is refused, and the next one is not', async (t) => {
    const { ann, bob, faults } = await together(t);
    await faults.add({ at: 'commit', room: 'lobby', do: 'refuse', code: 42911, times: 1 });
    await assert.rejects(ann.room.messages.send({ text: 'one' }), { code: 42911 });
    await ann.room.messages.send({ text: 'two' });
    await until(() => bob.seen.length > 0);
    assert.deepEqual(bob.seen, ['two']);
  });

  it('7 lost answer: a send that looks refused was done, and must not be sent again', async (t) => {
    const { ann, bob, faults } = await together(t);
    await faults.add({ at: 'answer', method: 'POST', path: '/chat/*/messages', do: 'answer', status: 503, times: 1 });
    await assert.rejects(ann.room.messages.send({ text: 'once' }), { statusCode: 503 });
    await until(() => bob.seen.length > 0);
    assert.deepEqual(bob.seen, ['once']);
    const history = await ann.room.messages.history({ limit: 10 });
    assert.deepEqual(history.items.map(({ text }) => text), ['once']);
  });

  it('8 moderation: a message is rejected, and the app can say why', async (t) => {
    const { ann, bob, faults } = await together(t);
    await faults.add({
      at: 'request',
      method: 'POST',
      path: '/chat/*/messages',
      do: 'answer',
      status: 422,
      code: 42213,
      message: 'Rejected by moderation',
      times: 1,
    });
    await assert.rejects(ann.room.messages.send({ text: 'rude' }), { code: 42213, statusCode: 422 });
    await ann.room.messages.send({ text: 'polite' });
    await until(() => bob.seen.length > 0);
    assert.deepEqual(bob.seen, ['polite']);
  });

  it('9 server restart: everybody is disconnected, and let in again a little later', slow, async (t) => {
    const { ann, bob, faults } = await together(t);
    await faults.add({ at: 'connect', do: 'refuse', status: 503, times: 2 });
    const seen = states(ann.connection);
    await faults.now({ do: 'disconnect', code: 80003 });
    await until(() => ann.connection.state === 'connected' && bob.connection.state === 'connected' && seen.length > 0);
    await ann.room.messages.send({ text: 'back again' });
    await until(() => bob.seen.includes('back again'));
  });

  it('10 history after a gap: what was missed is fetched once continuity is lost', slow, async (t) => {
    const { ann, bob, faults } = await together(t);
    await bob.room.messages.send({ text: 'see you' });
    await until(() => ann.seen.includes('see you'));
    const missed = [];
    ann.room.onDiscontinuity(async () => {
      const page = await ann.historyBeforeSubscribe({ limit: 50 });
      missed.push(...page.items.map(({ text }) => text).reverse());
    });
    await faults.now({ do: 'offline', client: 'ann', for: '150s' });
    await sleep(SECOND);
    await bob.room.messages.send({ text: 'one' });
    await bob.room.messages.send({ text: 'two' });
    await sleep(4 * MINUTE);
    assert.deepEqual(missed, ['see you', 'one', 'two']);
  });
});
