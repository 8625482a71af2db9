// The package as it is installed from its packed form. CHATCTL names the binary; tests/packages runs it.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';

const CHATCTL = process.env.CHATCTL;
const PACK = join(import.meta.dirname, '..', 'pack');
assert.ok(CHATCTL, 'CHATCTL must be the path of the binary');

const root = mkdtempSync(join(tmpdir(), 'chatctl-npm-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** The environment without any server, and without any chatctl. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(ABLY_|CHATCTL|NODE_|npm_)/.test(name)),
);
env.HOME = root;

function run(command, args, options = {}) {
  const ran = spawnSync(command, args, { encoding: 'utf8', cwd: root, env, ...options });
  assert.equal(ran.error, undefined);
  return ran;
}

/** Packs the package, installs it into an empty folder, and returns that. */
function install(name, ...binary) {
  const folder = join(root, name);
  mkdirSync(folder);
  const packed = run(PACK, [folder, ...binary]);
  assert.equal(packed.status, 0, packed.stderr);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const tarball = join(folder, packed.stdout.trim());
  const installed = run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: folder });
  assert.equal(installed.status, 0, installed.stderr);
  return folder;
}

/** Runs a module in the folder, and returns what it prints. */
function evaluate(folder, code, more = {}) {
  const ran = run('node', ['--input-type=module', '--eval', code], { cwd: folder, env: { ...env, ...more } });
  assert.equal(ran.status, 0, ran.stderr);
  return ran.stdout.trim();
}

/** A status of the server at `url`, or nothing where there is none. */
function ask(url, method, path, key) {
  return new Promise((resolve) => {
    const headers = key ? { authorization: `Basic ${btoa(key)}`, 'content-type': 'application/json' } : {};
    const sent = request(new URL(path, url), { method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (part) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    sent.on('error', () => resolve(undefined));
    sent.end(method === 'POST' ? '{"name":"m","data":"x"}' : undefined);
  });
}

async function until(check) {
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    const found = await check();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`it did not come true: ${check}`);
}

describe('the package', () => {
  let folder;
  let chatctl;
  before(async () => {
    folder = install('bare');
    process.env.CHATCTL_BIN = CHATCTL;
    chatctl = await import(pathToFileURL(join(folder, 'node_modules/chatctl/src/index.js')));
  });
  after(() => delete process.env.CHATCTL_BIN);

  it('starts a server that SDKs and programs can find', async () => {
    const server = await chatctl.start();
    const { url, endpoint, port, tls, key, env, adminToken } = server;
    assert.equal(url, `http://127.0.0.1:${port}`);
    assert.deepEqual({ endpoint, tls }, { endpoint: '127.0.0.1', tls: false });
    assert.deepEqual(server.clientOptions, { key, endpoint, port, tls });
    assert.deepEqual(env, {
      ABLY_API_KEY: key,
      ABLY_ENDPOINT: '127.0.0.1',
      ABLY_PORT: String(port),
      ABLY_TLS: 'false',
      ABLY_URL: url,
      CHATCTL_ADMIN_TOKEN: adminToken,
      CHATCTL_URL: url,
    });
    assert.ok(adminToken);
    const sent = run(CHATCTL, ['room', 'send', 'lobby', 'hello'], { env: { ...process.env, ...env } });
    assert.equal(sent.status, 0, sent.stderr);
    await server.reset();
    const count = ['room', 'history', 'lobby', '--jq', 'length'];
    const history = run(CHATCTL, count, { env: { ...process.env, ...env } });
    assert.equal(history.stdout, '0\n');
    await server.stop();
    assert.equal(await ask(url, 'GET', '/time'), undefined);
    // A second stop is as good.
    await server.stop();
  });

  it('isolates apps', async () => {
    const server = await chatctl.start({ key: 'app.key:secret' });
    assert.equal(server.key, 'app.key:secret');
    const [one, other] = [await server.app(), await server.app()];
    assert.notEqual(one.appId, other.appId);
    const path = '/channels/lobby/messages';
    const publish = (app, key) => ask(server.url, 'POST', path, key ?? app.key);
    assert.equal((await publish(one)).status, 201);
    assert.equal(JSON.parse((await ask(server.url, 'GET', path, one.key)).text).length, 1);
    assert.equal(JSON.parse((await ask(server.url, 'GET', path, other.key)).text).length, 0);
    await one.reset();
    assert.equal(JSON.parse((await ask(server.url, 'GET', path, one.key)).text).length, 0);
    await one.delete();
    assert.equal((await publish(one)).status, 401);
    const bounded = await server.app({ capabilities: [{ '*': ['subscribe'] }, '{"*":["publish"]}'] });
    assert.equal(bounded.keys.length, 2);
    assert.equal((await publish(bounded, bounded.keys[0])).status, 401);
    assert.equal((await publish(bounded, bounded.keys[1])).status, 201);
    await bounded.reset();
    await bounded.delete();
    assert.equal((await publish(bounded, bounded.keys[1])).status, 401);
    await server.stop();
  });

  it('finds a server by the environment', async () => {
    const server = await chatctl.start();
    const found = chatctl.connect(server.env);
    assert.deepEqual(found.clientOptions, server.clientOptions);
    const app = await found.app();
    assert.notEqual(app.key, server.key);
    await app.delete();
    await server.stop();
    assert.throws(() => chatctl.connect({}), /CHATCTL_URL and ABLY_API_KEY are not set/);
    const code = `
      import { connect } from 'chatctl';
      const app = await connect().app();
      console.log(app.env.CHATCTL_URL === process.env.CHATCTL_URL);`;
    const ran = run(CHATCTL, ['exec', '--', 'node', '--input-type=module', '--eval', code], { cwd: folder });
    assert.equal(ran.stdout, 'true\n', ran.stderr);
  });

  it('moves the time of a server by hand', async () => {
    const start = Date.parse('2030-01-01T00:00:00Z');
    const server = await chatctl.start({ args: ['--clock', 'virtual', '--clock-start', '2030-01-01T00:00:00Z'] });
    try {
      assert.equal(await server.clock.now(), start);
      assert.equal(await server.clock.advance('2m'), start + 120_000);
      assert.equal(await server.clock.advance(500), start + 120_500);
      const time = await ask(server.url, 'GET', '/time');
      assert.deepEqual(JSON.parse(time.text), [start + 120_500]);
      await server.clock.run();
      await server.clock.freeze();
      const frozen = await server.clock.now();
      assert.equal(await server.clock.now(), frozen);
      assert.ok((await server.clock.next()) >= frozen);
      await assert.rejects(server.clock.advance('soon'), /is not a duration/);
    } finally {
      await server.stop();
    }
    const real = await chatctl.start();
    try {
      assert.ok(Math.abs((await real.clock.now()) - Date.now()) < 60_000);
      await assert.rejects(real.clock.advance('2m'), /serve --clock virtual/);
    } finally {
      await real.stop();
    }
  });

  it('fails on demand, and in one app alone', async () => {
    const server = await chatctl.start();
    try {
      const [app, other] = [await server.app(), await server.app()];
      const publish = async ({ url, key }) => (await ask(url, 'POST', '/channels/c/messages', key)).status;
      const id = await app.faults.add({ at: 'commit', do: 'refuse', code: 42911, times: 1 });
      assert.deepEqual([await publish(app), await publish(other), await publish(app)], [429, 201, 201]);
      const [{ fired, rule }] = await app.faults.list();
      assert.deepEqual([fired, rule.do], [1, 'refuse']);
      assert.deepEqual((await app.faults.log()).map(({ at }) => at), ['commit']);
      await app.faults.clear(id);
      assert.deepEqual(await app.faults.list(), []);
      assert.equal(await chatctl.connect(app.env).cut({ client: 'nobody' }), 0);
      await assert.rejects(app.faults.add({ do: 'dorp' }), /did you mean 'drop'/);
      await assert.rejects(chatctl.connect({ ...app.env, CHATCTL_ADMIN_TOKEN: undefined }).cut(), /no admin token/);
    } finally {
      await server.stop();
    }
  });

  it('speaks TLS', async () => {
    const server = await chatctl.start({ tls: true });
    const { key, endpoint, port } = server;
    assert.deepEqual(server.clientOptions, { key, endpoint, tlsPort: port, tls: true });
    assert.match(server.ca, /BEGIN CERTIFICATE/);
    const app = await server.app();
    await app.delete();
    const found = await chatctl.connect(server.env).app();
    await found.delete();
    const code = 'console.log((await fetch(`${process.env.CHATCTL_URL}/time`)).status)';
    assert.equal(evaluate(folder, code, server.env), '200');
    await server.stop();
    assert.ok(!existsSync(dirname(server.caFile)));
  });

  it('says why a server does not start', async () => {
    await assert.rejects(chatctl.start({ seed: 'nowhere.toml' }), /status 2.*nowhere\.toml/s);
    await assert.rejects(chatctl.start({ binary: '/nowhere/chatctl' }), /can't be run/);
    await assert.rejects(chatctl.start({ binary: '/bin/cat' }), /chatctl ended with status 1.*cat/s);
    const sleeper = join(root, 'sleeper');
    writeFileSync(sleeper, '#!/bin/sh\nread line\n');
    chmodSync(sleeper, 0o755);
    await assert.rejects(chatctl.start({ binary: sleeper, timeout: 100 }), /did not start within 100 ms/);
  });

  it('sets up a test run', async () => {
    const code = `
      import setup from 'chatctl/global-setup';
      import { connect } from 'chatctl';
      const teardown = await setup();
      const { url } = connect();
      const second = await setup();
      await second();
      console.log((await fetch(url + '/time')).status);
      await teardown();
      console.log(process.env.CHATCTL_URL, await fetch(url + '/time').catch(() => 'gone'));`;
    assert.equal(evaluate(folder, code, { CHATCTL_BIN: CHATCTL }), '200\nundefined gone');
  });

  it('keeps no process alive and leaves none behind', async () => {
    // Its end, by itself and by SIGKILL, is the end of its server.
    const start = "import { start } from 'chatctl'; console.log((await start()).url);";
    const url = evaluate(folder, start, { CHATCTL_BIN: CHATCTL });
    assert.match(url, /^http:/);
    await until(async () => !(await ask(url, 'GET', '/time')));
    const killed = spawn('node', ['--input-type=module', '--eval', `${start} setInterval(() => {}, 1000);`], {
      cwd: folder,
      env: { ...env, CHATCTL_BIN: CHATCTL },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const other = await new Promise((resolve) => killed.stdout.once('data', (data) => resolve(`${data}`.trim())));
    assert.equal((await ask(other, 'GET', '/time')).status, 200);
    killed.kill('SIGKILL');
    await until(async () => !(await ask(other, 'GET', '/time')));
  });
});

describe('the command', () => {
  let folder;
  let command;
  before(() => {
    folder = install('carrying', CHATCTL);
    command = join(folder, 'node_modules/.bin/chatctl');
  });

  it('runs the binary that the package carries', () => {
    const ran = run(command, ['--version']);
    assert.match(ran.stdout, /^chatctl \d/);
    assert.equal(ran.status, 0);
    const script = run('npx', ['--offline', 'chatctl', 'exec', '--', 'sh', '-c', 'exit 7'], { cwd: folder });
    assert.equal(script.status, 7, script.stderr);
    assert.equal(run(command, ['room', 'nothing']).status, 2);
    const piped = run(command, ['claims', 'decode', '-'], { input: 'nonsense' });
    assert.notEqual(piped.status, 0);
    assert.match(piped.stderr, /^error: /);
  });

  it('ends by the signal that ended the binary', () => {
    const stub = join(root, 'stub');
    writeFileSync(stub, '#!/bin/sh\nkill -KILL $$\n');
    chmodSync(stub, 0o755);
    const ran = run(command, [], { env: { ...env, CHATCTL_BIN: stub } });
    assert.equal(ran.signal, 'SIGKILL');
  });

  it('passes signals on', async () => {
    const serve = ['serve', '--listen', '127.0.0.1:0'];
    for (const [signal, status] of [['SIGTERM', 0], ['SIGINT', 0], ['SIGHUP', 0]]) {
      const child = spawn(command, serve, { cwd: folder, env, stdio: ['ignore', 'pipe', 'ignore'] });
      const url = await new Promise((resolve) => child.stdout.once('data', (data) => resolve(`${data}`.trim())));
      const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
      child.kill(signal);
      assert.equal(await ended, status, signal);
      assert.equal(await ask(url, 'GET', '/time'), undefined);
    }
  });

  it('does not survive its launcher', { skip: process.platform !== 'linux' }, async () => {
    const child = spawn(command, ['serve', '--listen', '127.0.0.1:0'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    const url = await new Promise((resolve) => child.stdout.once('data', (data) => resolve(`${data}`.trim())));
    child.kill('SIGKILL');
    await until(async () => !(await ask(url, 'GET', '/time')));
  });

  it('finds the binary on PATH, and not itself', () => {
    const bare = join(root, 'bare');
    const command = join(bare, 'node_modules/.bin/chatctl');
    const alone = run(command, ['--version'], { env: { ...env, PATH: `${dirname(command)}:${env.PATH}` } });
    assert.equal(alone.status, 127);
    assert.match(alone.stderr, /there is no chatctl binary.*CHATCTL_BIN/s);
    const tools = join(root, 'tools');
    mkdirSync(tools);
    symlinkSync(CHATCTL, join(tools, 'chatctl'));
    const shim = join(root, 'shims');
    mkdirSync(shim);
    writeFileSync(join(shim, 'chatctl'), `#!/bin/sh\nexec node ${bare}/node_modules/chatctl/bin/chatctl.js "$@"\n`);
    chmodSync(join(shim, 'chatctl'), 0o755);
    const path = [dirname(command), shim, tools, env.PATH].join(':');
    assert.match(run(command, ['--version'], { env: { ...env, PATH: path } }).stdout, /^chatctl \d/);
    const wrong = run(command, ['--version'], { env: { ...env, CHATCTL_BIN: '/nowhere' } });
    assert.match(wrong.stderr, /'\/nowhere' is not an executable file/);
  });
});
