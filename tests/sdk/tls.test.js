// The SDKs over TLS, with a certificate that the server made: they trust it by NODE_EXTRA_CA_CERTS alone, which Node
// reads when it starts. Hence the SDKs are in a process of their own.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { CHATCTL, KEY, Program, temporaryPath, within } from './helper.js';

const CLIENT = `
import { ChatClient, LogLevel } from '@ably/chat';
import Ably from 'ably';
const [endpoint, port, binary] = process.argv.slice(2);
const options = {
  key: process.env.KEY, clientId: 'me', endpoint, tlsPort: Number(port), tls: true, logLevel: 0,
  useBinaryProtocol: binary === 'true',
};
const realtime = new Ably.Realtime({ ...options, disconnectedRetryTimeout: 100 });
const failed = new Promise((_, reject) => realtime.connection.on(['disconnected', 'failed'], ({ reason }) => reject(reason)));
const work = async () => {
  const chat = new ChatClient(realtime, { logLevel: LogLevel.Silent });
  const room = await chat.rooms.get('lobby');
  const heard = new Promise((resolve) => room.messages.subscribe(resolve));
  await room.attach();
  await room.messages.send({ text: 'x'.repeat(50000) });
  const { message } = await heard;
  const history = await new Ably.Rest(options).channels.get('lobby::$chat').history();
  return [message.text.length, history.items.length];
};
const result = await Promise.race([work(), failed]).then((value) => ({ value }), (error) => ({ error: error.message ?? String(error) }));
console.log(JSON.stringify(result));
process.exit(0);
`;

describe('TLS', () => {
  let program;
  let ready;
  let certificate;

  before(async () => {
    certificate = temporaryPath('ca.pem');
    program = new Program(
      ['serve', '--listen', '127.0.0.1:0', '--tls', 'self-signed', '--tls-cert-out', certificate, '--json'],
      { ABLY_API_KEY: KEY },
    );
    ready = JSON.parse(await program.lines.take('the server is ready'));
  });

  after(() => program.stop());

  async function run(endpoint, binary, env) {
    const folder = fileURLToPath(new URL('.', import.meta.url));
    const child = spawn(process.execPath, ['--input-type=module', '-', endpoint, ready.port, binary], {
      cwd: folder,
      env: { PATH: process.env.PATH, KEY, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(CLIENT);
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
    await within(new Promise((resolve) => child.on('close', resolve)), 'the end of the SDK');
    return JSON.parse(out);
  }

  for (const binary of [true, false]) {
    test(`WebSocket and REST of unmodified SDKs, ${binary ? 'MessagePack' : 'JSON'}`, async () => {
      for (const endpoint of ['127.0.0.1', 'localhost']) {
        const { value, error } = await run(endpoint, binary, { NODE_EXTRA_CA_CERTS: certificate });
        assert.equal(error, undefined);
        assert.equal(value[0], 50000);
        assert.ok(value[1] > 0);
      }
    });
  }

  test('exec --tls self-signed has its command trust the server', async () => {
    for (const binary of [true, false]) {
      const script = `KEY=$ABLY_API_KEY exec node --input-type=module - $ABLY_ENDPOINT $ABLY_PORT ${binary}`;
      const child = spawn(CHATCTL, ['exec', '--tls', 'self-signed', '--', 'sh', '-c', script], {
        cwd: fileURLToPath(new URL('.', import.meta.url)),
        env: { PATH: process.env.PATH, HOME: process.env.HOME ?? '/' },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      child.stdin.end(CLIENT);
      let out = '';
      child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
      const code = await within(new Promise((resolve) => child.on('close', resolve)), 'the end of exec');
      assert.equal(code, 0);
      const { value, error } = JSON.parse(out);
      assert.equal(error, undefined);
      assert.deepEqual(value, [50000, 1]);
    }
  });

  test('an SDK that does not trust the certificate does not connect', async () => {
    const { error } = await run('127.0.0.1', true, {});
    assert.ok(error, 'it must not connect');
  });
});
