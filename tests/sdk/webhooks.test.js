// Webhooks of a server, for what the unmodified SDKs do, received and verified by Node's own library.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';

import Ably from 'ably';

import { KEY, Queue, Server, temporaryPath, unique, within } from './helper.js';

/** An endpoint, and what it gets. */
async function endpoint() {
  const queue = new Queue();
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    response.writeHead(204).end();
    queue.put({ headers: request.headers, body: Buffer.concat(chunks) });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { queue, url: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() };
}

const rule = (id, source, mode, url, more = '') => `
[[rules]]
id = "${id}"
rule-type = "http"
request-mode = "${mode}"
source = { type = "${source}" }
target = { url = "${url}"${more} }
`;

describe('webhooks', () => {
  let server;
  let batches;
  let singles;
  let members;
  before(async () => {
    [batches, singles, members] = [await endpoint(), await endpoint(), await endpoint()];
    const config = temporaryPath('rules.toml');
    writeFileSync(
      config,
      rule('batch', 'channel.message', 'batch', batches.url, ', signing-key-id = "key"') +
        rule('single', 'channel.message', 'single', singles.url) +
        rule('members', 'channel.presence', 'single', members.url),
    );
    server = await Server.start({ args: ['--config', config] });
  });
  after(async () => {
    await server.stop();
    for (const { stop } of [batches, singles, members]) stop();
  });

  it('tell what a chat client does, signed and in order', async () => {
    const client = server.chat();
    const room = await client.rooms.get(unique('room'));
    await within(room.attach(), 'the attach');
    const sent = await room.messages.send({ text: 'größer', metadata: { n: 1 }, headers: { tier: 'gold' } });
    await room.messages.reactions.send(sent.serial, { type: 'distinct', name: '👍' });
    await room.messages.update(sent.serial, sent.copy({ text: 'kleiner' }), { description: 'typo' });
    await room.messages.delete(sent.serial);
    const messages = [];
    while (messages.length < 4) {
      const { headers, body } = await batches.queue.take('a batch');
      const secret = KEY.split(':')[1];
      assert.equal(headers['x-ably-key'], KEY.split(':')[0]);
      assert.equal(headers['x-ably-signature'], createHmac('sha256', secret).update(body).digest('base64'));
      const { items } = JSON.parse(body);
      messages.push(...items.flatMap(({ data }) => data.messages));
    }
    assert.deepEqual(messages.map(({ action }) => action), [0, 4, 1, 2]);
    const decoded = await Ably.Realtime.Message.fromEncodedArray(messages);
    assert.deepEqual(
      decoded.map(({ action }) => action),
      ['message.create', 'message.summary', 'message.update', 'message.delete'],
    );
    const [create, summary, update] = decoded;
    assert.deepEqual(create.data, { text: 'größer', metadata: { n: 1 } });
    assert.equal(create.serial, sent.serial);
    assert.deepEqual(create.extras.headers, { tier: 'gold' });
    assert.equal(summary.annotations.summary['reaction:distinct.v1']['👍'].total, 1);
    assert.equal(update.data.text, 'kleiner');
    assert.equal(update.version.description, 'typo');
    assert.ok(update.version.serial > create.version.serial);
    const single = JSON.parse((await singles.queue.take('an event')).body);
    assert.equal(single.channel, `${room.name}::$chat`);
    assert.equal(single.messages[0].serial, sent.serial);
  });

  it('tell of members as PresenceMessage.fromEncoded reads them', async () => {
    const client = server.chat({ clientId: 'ann' });
    const room = await client.rooms.get(unique('room'));
    await within(room.attach(), 'the attach');
    await room.presence.enter({ status: 'here' });
    await room.presence.leave();
    const actions = [];
    for (let n = 0; n < 2; n += 1) {
      const { presence } = JSON.parse((await members.queue.take('an event')).body);
      const member = await Ably.Realtime.PresenceMessage.fromEncoded(presence[0]);
      assert.equal(member.clientId, 'ann');
      actions.push(member.action);
    }
    assert.deepEqual(actions.sort(), ['enter', 'leave']);
  });
});
