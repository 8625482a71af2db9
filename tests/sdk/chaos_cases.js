// What chaos.test.js runs under `chatctl exec --virtual-time --chaos SEED --chaos-profile mild`: three clients of the
// unmodified SDKs talk, and each promise of the SDKs is checked at the end. Nothing here knows of the faults.

import assert from 'node:assert/strict';

import { ChatClient, LogLevel } from '@ably/chat';
import Ably from 'ably';

const { ABLY_API_KEY: key, ABLY_PORT } = process.env;
const NAMES = ['ann', 'bob', 'cy'];
const ROUNDS = 12;

function sleep(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** Waits until `holds`, at most `seconds`. */
async function until(holds, what, seconds = 120) {
  for (let waited = 0; waited < seconds; waited += 0.5) {
    if (await holds()) return;
    await sleep(0.5);
  }
  assert.fail(`not within ${seconds} s: ${what}`);
}

async function person(name) {
  const realtime = new Ably.Realtime({
    key, clientId: name, endpoint: '127.0.0.1', port: Number(ABLY_PORT), tls: false, logLevel: 0,
    useBinaryProtocol: name === 'bob',
  });
  const chat = new ChatClient(realtime, { logLevel: LogLevel.Silent });
  const room = await chat.rooms.get('lobby', { occupancy: { enableEvents: true } });
  const told = [];
  const seen = { typing: new Set(), reactions: new Map(), discontinuities: 0 };
  room.messages.subscribe(({ type, message }) => told.push({ type, message }));
  room.messages.reactions.subscribe(({ messageSerial, reactions }) => seen.reactions.set(messageSerial, reactions));
  room.onDiscontinuity(() => { seen.discontinuities += 1; });
  room.typing.subscribe(({ currentlyTyping, currentTypers }) => {
    seen.typing = new Set(currentlyTyping ?? currentTypers.map(({ clientId }) => clientId));
  });
  await room.attach();
  return { name, realtime, chat, room, told, seen, sent: [] };
}

const people = [];
for (const name of NAMES) people.push(await person(name));
for (const { room, name } of people) await room.presence.enter({ mood: name });

// Everybody sends, edits, deletes, types and reacts, with all three at work at once.
await Promise.all(people.map(async (one, place) => {
  for (let round = 0; round < ROUNDS; round += 1) {
    await sleep(0.3 + place * 0.1);
    const sent = await one.room.messages.send({ text: `${one.name} ${round}` });
    one.sent.push(sent.serial);
    if (round % 4 === 1) await one.room.messages.update(sent.serial, { text: `${one.name} ${round} again` });
    if (round % 4 === 2) await one.room.messages.delete(sent.serial);
    if (round % 4 === 3) await one.room.messages.reactions.send(sent.serial, { name: '👍' });
    // The SDK refuses a keystroke while it is disconnected, and says so.
    if (round % 3 === 0) await one.room.typing.keystroke().catch((error) => assert.equal(error.code, 80003));
  }
}));
const all = people.flatMap(({ sent }) => sent).sort();
assert.equal(all.length, NAMES.length * ROUNDS);

// What was acknowledged is in history, once.
const page = await people[0].room.messages.history({ limit: 100, orderBy: 'oldestFirst' });
assert.deepEqual(page.items.map(({ serial }) => serial), all, 'history is what was acknowledged');

// Everybody is told each message once and in order, and of the last version of each.
for (const { name, told, seen } of people) {
  const created = () => told.filter(({ type }) => type === 'message.created').map(({ message }) => message.serial);
  await until(() => created().length >= all.length, `${name} has all messages`);
  assert.equal(seen.discontinuities, 0, `${name} has lost continuity`);
  assert.deepEqual(created(), all, `${name} has each message once, in order`);
  for (const { serial, version, text } of page.items) {
    const last = () => told.filter(({ message }) => message.serial === serial).map(({ message }) => message)
      .sort((a, b) => (a.version.serial < b.version.serial ? -1 : 1)).at(-1);
    await until(() => last().version.serial === version.serial, `${name} knows the last version of ${serial}`);
    assert.equal(last().text, text);
  }
}

// A summary counts who reacted.
const reacted = people.flatMap(({ sent }) => sent.filter((_, round) => round % 4 === 3));
for (const { name, seen } of people) {
  for (const serial of reacted) {
    await until(() => seen.reactions.get(serial)?.distinct?.['👍']?.total === 1, `${name} knows the reaction`);
  }
}

// Members and typing settle for everybody.
for (const { name, room, seen } of people) {
  await until(async () => {
    const members = await room.presence.get();
    return members.map(({ clientId }) => clientId).sort().join() === NAMES.join();
  }, `${name} sees all members`);
  await until(() => seen.typing.size === 0, `${name} sees nobody type in the end`);
}
await people[2].room.presence.leave();
for (const { name, room } of people.slice(0, 2)) {
  await until(async () => (await room.presence.get()).length === 2, `${name} sees cy leave`);
}
for (const { realtime } of people) realtime.close();
console.log('all is well');
