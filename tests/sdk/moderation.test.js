// What a sender and a room see of rules that are asked before a message is published, through the unmodified SDKs: each row
// of what an endpoint may answer, a slow one, one that fails, and one that lies.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';

import { FORMATS, Server, enter, temporaryPath, unique, within } from './helper.js';

/** An endpoint that does what it is told with the next requests; the last thing it repeats. */
class Endpoint {
  static async start() {
    const endpoint = new Endpoint();
    endpoint.server = createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      endpoint.requests.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks)) });
      const { status = 200, body = {}, after: delay = 0 } = endpoint.answers.length > 1
        ? endpoint.answers.shift()
        : endpoint.answers[0];
      await new Promise((resolve) => setTimeout(resolve, delay));
      response.writeHead(status, { 'content-type': 'application/json', location: '/elsewhere' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    await new Promise((resolve) => endpoint.server.listen(0, '127.0.0.1', resolve));
    endpoint.url = `http://127.0.0.1:${endpoint.server.address().port}/check`;
    return endpoint;
  }

  /** Forgets what it was asked, and answers this from now on. */
  play(...answers) {
    this.requests = [];
    this.answers = answers;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const ACCEPT = { body: { action: 'accept' } };
const REJECT = { body: { action: 'reject', rejectionDetail: { reason: 'insult', field: 'text' } } };

/** What the endpoint answers, and what the sender gets: `code` of the refusal, or the text that was published. */
const ROWS = [
  ['accept', [ACCEPT], { text: 'hello', calls: 1 }],
  ['another text', [{ body: { action: 'accept', message: { text: 'h*' } } }], { text: 'h*', calls: 1 }],
  ['reject', [REJECT], { code: 42211, detail: { reason: 'insult', field: 'text' }, calls: 1 }],
  ['reject without a detail', [{ body: { action: 'reject' } }], { code: 42211, detail: undefined, calls: 1 }],
  ['a replacement without a text', [{ body: { action: 'accept', message: { metadata: {} } } }], { code: 42211, calls: 1 }],
  ['404', [{ status: 404 }], { code: 42211, calls: 1 }],
  ['500, then accept', [{ status: 500 }, ACCEPT], { text: 'hello', calls: 2 }],
  ['500 for ever', [{ status: 500 }], { code: 42211, calls: 3 }],
  ['429, then accept', [{ status: 429 }, ACCEPT], { text: 'hello', calls: 2 }],
  ['a redirect', [{ status: 302 }], { code: 42211, calls: 1 }],
  ['no JSON', [{ body: 'yes' }], { code: 42211, calls: 1 }],
  ['details that are no texts', [{ body: { action: 'reject', rejectionDetail: { n: 1 } } }], { code: 42211, detail: undefined, calls: 1 }],
  ['more than 32 KiB', [{ body: { action: 'accept', more: 'x'.repeat(33_000) } }], { code: 42211, calls: 1 }],
  ['nothing within the window', [{ ...ACCEPT, after: 8000 }], { code: 42211, calls: 1 }],
];

describe('rules before a publish', () => {
  let endpoint;
  let server;
  before(async () => {
    endpoint = await Endpoint.start();
    const config = temporaryPath('rules.toml');
    writeFileSync(config, `
      [[rules]]
      id = "check"
      rule-type = "http/before-publish"
      chat-room-filter = "/^asked/"
      before-publish-config = { retry-timeout = 4000, max-retries = 2 }
      target = { url = "${endpoint.url}", headers = [{ name = "X-Caller", value = "me" }] }
      [[rules]]
      id = "lenient"
      rule-type = "http/before-publish"
      chat-room-filter = "/^lenient/"
      before-publish-config = { max-retries = 0, failed-action = "PUBLISH", too-many-requests-action = "FAIL" }
      target = { url = "${endpoint.url}" }
      [[rules]]
      id = "words"
      rule-type = "hive/text-model-only"
      chat-room-filter = "/^words/"
      also = ["edits"]
      words = { hate = { idiot = 3 } }
      target = { api-key = "dummy", thresholds = { hate = 3 } }
    `);
    server = await Server.start({ args: ['--config', config] });
  });
  after(async () => {
    await server.stop();
    endpoint.stop();
  });

  for (const { name: format, binary } of FORMATS) {
    for (const [what, answers, expected] of ROWS) {
      it(`${format}: ${what}`, async () => {
        const name = unique('asked');
        const { room, messages } = await enter(server.chat({ useBinaryProtocol: binary }), name);
        endpoint.play(...answers);
        const sending = room.messages.send({ text: 'hello', metadata: { lang: 'de' }, headers: { tier: 'gold' } });
        if (expected.code) {
          const error = await within(sending.then(() => assert.fail('it is sent'), (error) => error), 'the refusal');
          assert.deepEqual([error.code, error.statusCode], [expected.code, 422], error.message);
          assert.deepEqual(error.detail, expected.detail);
        } else {
          const sent = await within(sending, 'the message is sent');
          assert.equal(sent.text, expected.text);
          const { message } = await messages.take();
          assert.deepEqual([message.serial, message.text], [sent.serial, expected.text]);
        }
        assert.equal(endpoint.requests.length, expected.calls);
        const history = await room.messages.history({ limit: 10 });
        assert.deepEqual(history.items.map(({ text }) => text), expected.code ? [] : [expected.text]);
        assert.deepEqual(messages.left, []);
        const [{ headers, body }] = endpoint.requests;
        assert.equal(headers['x-caller'], 'me');
        assert.deepEqual(body, {
          source: 'channel.message', appId: 'app', room: name, site: 'local', ruleId: 'check',
          message: { clientId: 'from-sdk', text: 'hello', metadata: { lang: 'de' }, headers: { tier: 'gold' } },
        });
      });
    }
  }

  it('where nothing was decided a lenient rule publishes', async () => {
    const { room } = await enter(server.chat(), unique('lenient'));
    for (const answer of [{ status: 500 }, { status: 429 }, { body: 'yes' }]) {
      endpoint.play(answer);
      assert.equal((await room.messages.send({ text: 'hello' })).text, 'hello');
      assert.equal(endpoint.requests.length, 1);
    }
    endpoint.play(REJECT);
    await assert.rejects(room.messages.send({ text: 'bad' }), { code: 42211 });
  });

  it('an edit is judged where the rule says so, and a rejected one changes nothing', async () => {
    const { room, messages } = await enter(server.chat(), unique('words'));
    const sent = await room.messages.send({ text: 'hello' });
    await messages.take();
    const error = await room.messages
      .update(sent.serial, { text: 'you idiot' })
      .then(() => assert.fail('it is changed'), (error) => error);
    assert.deepEqual([error.code, error.statusCode], [42213, 422]);
    assert.deepEqual(error.detail, { provider: 'hive', reason: 'hate', severity: '3' });
    assert.equal((await room.messages.get(sent.serial)).text, 'hello');
    assert.deepEqual(messages.left, []);
  });

  it('rooms without a rule ask nobody', async () => {
    endpoint.play(REJECT);
    const { room } = await enter(server.chat(), unique('free'));
    await room.messages.send({ text: 'hello' });
    assert.equal(endpoint.requests.length, 0);
  });
});
