// The process of a server: how it starts, and how it ends.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { binaryPath } from './binary.js';

/** The time for a server to start and to end, in milliseconds. */
const START_TIMEOUT = 10_000;
const STOP_TIMEOUT = 5_000;

/** The last characters of standard error that an error shows. */
const MAX_STDERR = 16_384;

/** The options that are flags of `chatctl serve` with a value. */
const FLAGS = {
  listen: '--listen',
  config: '--config',
  seed: '--seed',
  store: '--store',
  accessLog: '--access-log',
  connectionLimit: '--connection-limit',
};

/** Starts a server by `options`. Returns what it says of itself, its process, and the file of its certificate. */
export async function startProcess(options) {
  const folder = options.tls === true ? mkdtempSync(join(tmpdir(), 'chatctl-')) : undefined;
  const caFile = folder && join(folder, 'ca.pem');
  const removeFolder = () => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  };
  try {
    const child = spawn(options.binary ?? binaryPath(), argumentsOf(options, caFile), {
      cwd: options.cwd,
      env: environmentOf(options),
      // The server ends with the pipe of its standard input, which the system closes even when this process is killed.
      stdio: ['pipe', 'pipe', options.stderr === 'inherit' ? 'inherit' : 'pipe'],
    });
    const server = new ServerProcess(child);
    if (folder) {
      process.once('exit', removeFolder);
      server.ended.then(() => {
        process.removeListener('exit', removeFolder);
        removeFolder();
      });
    }
    const ready = await server.ready(options.timeout ?? START_TIMEOUT);
    return { ready, process: server, caFile };
  } catch (error) {
    removeFolder();
    throw error;
  }
}

function argumentsOf(options, caFile) {
  const all = ['serve', '--json', '--exit-on-stdin-close', '--provision-apps', '--admin'];
  for (const [name, flag] of Object.entries(FLAGS)) {
    const value = options[name] ?? (name === 'listen' ? '127.0.0.1:0' : undefined);
    if (value !== undefined) all.push(`${flag}=${value}`);
  }
  if (options.tls === true) all.push('--tls=self-signed', `--tls-cert-out=${caFile}`);
  else if (options.tls) all.push(`--tls=${options.tls.cert},${options.tls.key}`);
  return [...all, ...(options.args ?? [])];
}

/** The environment of the server: none of the settings that are for clients, and the key, which arguments would show. */
function environmentOf(options) {
  const isOwn = ([name]) => !name.startsWith('ABLY_') && !name.startsWith('CHATCTL_');
  const env = Object.fromEntries(Object.entries(process.env).filter(isOwn));
  if (options.key) env.ABLY_API_KEY = options.key;
  return env;
}

class ServerProcess {
  #child;
  #stderr = '';

  /** Completes with the reason, once the process has ended. */
  ended;

  constructor(child) {
    this.#child = child;
    // What a server has not read when it ends is of no interest.
    child.stdin.on('error', () => {});
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.#stderr = (this.#stderr + text).slice(-MAX_STDERR);
    });
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(`chatctl can't be run: ${error.message}`));
      child.once('close', (code, signal) => {
        const cause = this.#stderr.trim();
        resolve(`chatctl ended with ${signal ?? `status ${code}`}${cause && `: ${cause}`}`);
      });
    });
  }

  /** Waits for the server to accept connections. */
  async ready(timeout) {
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(() => resolve(`chatctl did not start within ${timeout} ms`), timeout);
    });
    const ready = await Promise.race([this.#firstLine(), this.ended, late]);
    clearTimeout(timer);
    if (typeof ready === 'string') {
      await this.stop();
      throw new Error(ready);
    }
    // A process that is done must not wait for a server that nobody has stopped.
    this.#child.unref();
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) stream?.unref();
    return ready;
  }

  /** The object that the server prints once it is ready; never, if it ends before. */
  #firstLine() {
    return new Promise((resolve) => {
      let text = '';
      this.#child.stdout.setEncoding('utf8').on('data', (part) => {
        if (text.includes('\n')) return;
        text += part;
        if (text.includes('\n')) resolve(JSON.parse(text));
      });
    });
  }

  /** Asks the server to end, and ends it where it does not. */
  async stop() {
    this.#child.stdin.end();
    this.#child.ref();
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.ref();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT);
    await this.ended;
    clearTimeout(timer);
  }
}
