// All tests use the room 'help' at the same time: each has it in an app of its own.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { openHelpDesk } from '../src/helpdesk.js';
import { newApp, until } from '../support/app.js';

async function helpDesk(t) {
  const { client } = await newApp(t);
  const desk = await openHelpDesk(client('desk'), 'help');
  const join = async (clientId) => {
    const room = await client(clientId).rooms.get('help');
    const seen = [];
    room.messages.subscribe(({ message }) => seen.push(message));
    await room.attach();
    return { room, seen };
  };
  return { desk, join };
}

describe('the help desk', { concurrency: true }, () => {
  it('greets whoever enters', async (t) => {
    const { join } = await helpDesk(t);
    const ann = await join('ann');
    await ann.room.presence.enter();
    const [greeting] = await until(() => ann.seen.length > 0 && ann.seen);
    assert.equal(greeting.text, 'Welcome, ann. What is your question?');
    assert.equal(greeting.clientId, 'desk');
  });

  it('counts questions until somebody answers them', async (t) => {
    const { desk, join } = await helpDesk(t);
    const [ann, bob] = [await join('ann'), await join('bob')];
    const question = await ann.room.messages.send({ text: 'Does it rain?' });
    await ann.room.messages.send({ text: 'I have no umbrella.' });
    await until(() => desk.openQuestions().length === 1);
    assert.equal(desk.openQuestions()[0].serial, question.serial);
    await bob.room.messages.send({ text: 'It does.', metadata: { answers: question.serial } });
    await until(() => desk.openQuestions().length === 0);
  });

  it('takes no notice once it is closed', async (t) => {
    const { desk, join } = await helpDesk(t);
    const ann = await join('ann');
    await desk.stop();
    await ann.room.presence.enter();
    await ann.room.messages.send({ text: 'Is anybody there?' });
    await until(() => ann.seen.length === 1);
    assert.equal(desk.openQuestions().length, 0);
    assert.equal(ann.seen[0].text, 'Is anybody there?');
  });

  it('finds an empty room each time', async (t) => {
    const { join } = await helpDesk(t);
    const ann = await join('ann');
    const past = await ann.room.messages.history({ limit: 10 });
    assert.deepEqual(past.items, []);
  });
});
