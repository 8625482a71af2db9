// What every test file stands on: a server of its own, clients made of the unmodified SDKs, and chatctl run with an
// environment that holds nothing of the machine's.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ChatClient, LogLevel } from '@ably/chat';
import Ably from 'ably';
import jwt from 'jsonwebtoken';

/** How long anything that must happen may take. */
const PATIENCE = 30_000;

/** The two formats of the protocol, by what the SDK calls them. */
export const FORMATS = [
  { name: 'JSON', binary: false },
  { name: 'MessagePack', binary: true },
];

/** The key of every server here, unless a test says otherwise. */
export const KEY = 'app.key:secret-of-the-tests';

/** The binary under test: CHATCTL, else the one that was built last. */
export const CHATCTL = (() => {
  const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
  const places = process.env.CHATCTL
    ? [resolve(process.env.CHATCTL)]
    : ['release', 'debug'].map((profile) => join(root, 'target', profile, 'chatctl'));
  const built = (place) => statSync(place, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const [newest] = places.sort((a, b) => built(b) - built(a));
  if (built(newest) === 0) {
    throw new Error(`there is no chatctl at ${places.join(' or ')}: build it, or set CHATCTL`);
  }
  return newest;
})();

const temporary = mkdtempSync(join(tmpdir(), 'chatctl-sdk-'));
const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(temporary, { recursive: true, force: true });
});

let counter = 0;

/** A name that no other test of this file uses. */
export function unique(word) {
  counter += 1;
  return `${word}-${counter}`;
}

/** A path below a folder that goes when the tests are over. */
export function temporaryPath(name) {
  return join(temporary, unique(name));
}

/** `promise`, or an error that says what did not happen in time. */
export async function within(promise, what, patience = PATIENCE) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not happen within ${patience} ms`)), patience);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What comes one by one, to be taken in its order. */
export class Queue {
  #items = [];
  #waiting = [];

  put = (item) => {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(item);
    else this.#items.push(item);
  };

  /** The next item. */
  take(what = 'the next event') {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift());
    return within(new Promise((resolve) => this.#waiting.push(resolve)), what);
  }

  /** The first item from here on that fits. */
  async until(fits, what = 'the awaited event') {
    for (;;) {
      const item = await this.take(what);
      if (fits(item)) return item;
    }
  }

  /** What has come and was not taken. */
  get left() {
    return [...this.#items];
  }
}

function environment(extra) {
  return {
    PATH: [dirname(CHATCTL), process.env.PATH].join(delimiter),
    HOME: temporary,
    LC_ALL: 'C.UTF-8',
    ...extra,
  };
}

/** A process of chatctl whose output comes line by line. */
export class Program {
  constructor(args, env = {}, input = undefined) {
    this.child = spawn(CHATCTL, args, {
      env: environment(env),
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    children.add(this.child);
    if (input !== undefined) this.child.stdin.end(input);
    this.stdout = '';
    this.stderr = '';
    this.lines = new Queue();
    this.notices = new Queue();
    this.#read('stdout', this.lines);
    this.#read('stderr', this.notices);
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', (status, signal) => {
        children.delete(this.child);
        resolve({ status, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  #read(name, queue) {
    let rest = '';
    this.child[name].setEncoding('utf8').on('data', (text) => {
      this[name] += text;
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      lines.forEach(queue.put);
    });
  }

  /** Its end. */
  end() {
    return within(this.ended, `the end of chatctl ${this.child.spawnargs.slice(1).join(' ')}`);
  }

  /** Asks it to end, and waits until it has. */
  stop(signal = 'SIGTERM') {
    this.child.kill(signal);
    return this.end();
  }
}

/** Runs chatctl to its end. */
export function chatctl(args, env = {}, input = undefined) {
  return new Program(args, env, input).end();
}

/** A server of its own. */
export class Server {
  /** Starts one, with more arguments of serve if need be, and waits until it accepts connections. */
  static async start({ key = KEY, port = 0, env = {}, args = [] } = {}) {
    const ready = temporaryPath('ready');
    const program = new Program(
      ['serve', '--listen', `127.0.0.1:${port}`, '--ready-file', ready, '--json', ...args],
      { ABLY_API_KEY: key, ...env },
    );
    const first = await Promise.race([
      program.lines.take('the server is ready'),
      program.ended.then(({ stderr }) => Promise.reject(new Error(`the server ended: ${stderr}`))),
    ]);
    const where = JSON.parse(readFileSync(ready, 'utf8'));
    assert.deepEqual(JSON.parse(first), where, 'the ready file and the printed object differ');
    return new Server(program, where);
  }

  constructor(program, where) {
    this.program = program;
    this.url = where.url;
    this.port = where.port;
    this.key = where.keys[0];
    this.clients = new Set();
  }

  /** What chatctl needs for talking to it. */
  env(extra = {}) {
    return { ABLY_API_KEY: this.key, ABLY_ENDPOINT: this.url, ABLY_CLIENT_ID: 'from-chatctl', ...extra };
  }

  /** Runs chatctl against it. */
  chatctl(args, extra = {}, input = undefined) {
    return chatctl(args, this.env(extra), input);
  }

  /** What an SDK needs for talking to it. */
  options(extra = {}) {
    return {
      endpoint: '127.0.0.1',
      port: this.port,
      tls: false,
      logLevel: 0,
      ...(extra.authCallback || extra.token ? {} : { key: this.key, clientId: 'from-sdk' }),
      ...extra,
    };
  }

  /** A realtime client of the Pub/Sub SDK. */
  realtime(extra = {}) {
    const client = new Ably.Realtime(this.options(extra));
    this.clients.add(client);
    return client;
  }

  /** A REST client of the Pub/Sub SDK. */
  rest(extra = {}) {
    return new Ably.Rest(this.options(extra));
  }

  /** A client of the Chat SDK. */
  chat(extra = {}) {
    return new ChatClient(this.realtime(extra), { logLevel: LogLevel.Silent });
  }

  /** A tail of chatctl that is listening. */
  async tail(args, extra = {}) {
    const tail = new Program(
      ['room', 'tail', '--json', ...args, '--', 'sh', '-c', 'echo listening'],
      this.env(extra),
    );
    await tail.notices.until((line) => line === 'listening', 'the tail is listening');
    return tail;
  }

  /** A token that this server knows, made as an app would make it. */
  token({ clientId, capability, claims = {}, ttl = 3600, key = this.key } = {}) {
    const [name, secret] = key.split(':');
    const payload = { ...claims };
    if (clientId !== undefined) payload['x-ably-clientId'] = clientId;
    if (capability !== undefined) payload['x-ably-capability'] = JSON.stringify(capability);
    return jwt.sign(payload, secret, { algorithm: 'HS256', keyid: name, expiresIn: ttl });
  }

  /** Ends the clients and the server. */
  async stop() {
    // Clients whose server vanishes while they close would keep the process for as long as they wait.
    for (const client of this.clients) {
      client.close();
      await state(client, 'closed', 'failed');
    }
    if (this.program.child.exitCode === null) await this.program.stop('SIGKILL');
  }
}

/** An authCallback that gives these tokens one after the other, the last one again and again; counts its calls. */
export function tokens(...makers) {
  const callback = (_, done) => {
    const make = makers[Math.min(callback.calls, makers.length - 1)];
    callback.calls += 1;
    try {
      done(null, make());
    } catch (error) {
      done(error, null);
    }
  };
  callback.calls = 0;
  return callback;
}

/** The next time that `client` is in one of these states; the change, or what it would be if it is there already. */
export function state(client, ...names) {
  const { connection } = client;
  if (names.includes(connection.state)) {
    return Promise.resolve({ current: connection.state, reason: connection.errorReason });
  }
  return within(
    new Promise((resolve) => {
      const listener = (change) => {
        if (!names.includes(change.current)) return;
        connection.off(listener);
        resolve(change);
      };
      connection.on(listener);
    }),
    `the connection is ${names.join(' or ')}`,
  );
}

/** An attached room, and what is said in it from now on. */
export async function enter(client, name, options = undefined) {
  const room = await within(client.rooms.get(name, options), `the SDK gives room ${name}`);
  const messages = new Queue();
  const subscription = room.messages.subscribe(messages.put);
  await within(room.attach(), `room ${name} is attached`);
  return { room, messages, subscription };
}

/** A message as chatctl prints it, from what the SDK has: times are numbers there, and what is not there is left out. */
export function asPrinted(message) {
  const { serial, clientId, text, metadata, headers, userClaim, action, version, timestamp } = message;
  const present = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
  return present({
    serial,
    clientId,
    text,
    metadata,
    headers,
    userClaim,
    action,
    version: present({ ...version, timestamp: version.timestamp.getTime() }),
    timestamp: timestamp.getTime(),
  });
}

/** A message of chatctl's without what only other features fill. */
export function withoutReactions({ reactions, ...message }) {
  if (reactions !== undefined) {
    assert.deepEqual(Object.values(reactions).map((kind) => Object.keys(kind).length).filter(Boolean), []);
  }
  return message;
}
