// Virtual time in a Node process: loaded before everything else, by the NODE_OPTIONS that `chatctl exec --virtual-time`
// sets. The timers, dates and random numbers of the process become virtual when `ably` or `@ably/chat` is first loaded:
// the runner of the tests has taken the real ones for its own time limits by then.
//
// The lines on the socket are those of src/server/edge/virtual_time/message.rs.
'use strict';

const KEY = Symbol.for('chatctl.clock');
const path = process.env.CHATCTL_CLOCK;

if (path && !globalThis[KEY]) {
  const { AsyncResource, createHook } = require('async_hooks');
  const childProcess = require('child_process');
  const diagnostics = require('diagnostics_channel');
  const fs = require('fs');
  const Module = require('module');
  const net = require('net');
  const timers = require('timers');
  const { promisify } = require('util');
  const workers = require('worker_threads');

  const real = {
    setTimeout, setInterval, clearTimeout, clearInterval, setImmediate,
    now: performance.now.bind(performance),
  };
  const port = Number(process.env.ABLY_PORT);
  const seed = Number(process.env.CHATCTL_CLOCK_SEED);
  const name = nameOfThis();

  const readNow = () => {
    try {
      return Number(fs.readFileSync(`${path}.now`, 'utf8'));
    } catch {
      return 0; // the run is over
    }
  };
  let now = readNow() || Date.now();
  let changes = 0; // counts what changes the state
  let ownReads = 0; // counts what the loop saw of the channel
  let isInstalled = false;
  let lastTarget;

  const channel = net.connect(path);
  const say = (line) => channel.write(`${JSON.stringify(line)}\n`);

  // Timers.

  const queue = new Map();
  let order = 0;

  class VirtualTimer {
    constructor(callback, delay, args, repeats) {
      this.id = ++order;
      this.delay = delay >= 1 && delay < 2 ** 31 ? Math.trunc(delay) : 1;
      this.repeats = repeats;
      this.isReferenced = true;
      this.run = AsyncResource.bind(() => callback(...args));
      this.refresh();
    }
    refresh() {
      this.at = now + this.delay;
      this.order = ++order;
      queue.set(this.id, this);
      return this.changed();
    }
    close() {
      queue.delete(this.id);
      return this.changed();
    }
    ref() {
      this.isReferenced = true;
      return this.changed();
    }
    unref() {
      this.isReferenced = false;
      return this.changed();
    }
    hasRef() {
      return this.isReferenced;
    }
    [Symbol.toPrimitive]() {
      return this.id;
    }
    [Symbol.dispose ?? Symbol.for('nodejs.dispose')]() {
      this.close();
    }
    changed() {
      changes++;
      keepAlive();
      return this;
    }
  }

  // Node's own fetch looks the global up at each call, for limits of the network: those stay real.
  const isInternal = () => {
    const { stackTraceLimit, prepareStackTrace } = Error;
    Error.stackTraceLimit = 3;
    Error.prepareStackTrace = undefined;
    const { stack } = new Error();
    Object.assign(Error, { stackTraceLimit, prepareStackTrace });
    return /^.*\n.*\n.*\n.*\(?node:internal\//.test(stack);
  };
  const setVirtual = (callback, delay, args, repeats) => {
    if (typeof callback !== 'function') {
      throw Object.assign(new TypeError('The "callback" argument must be of type function.'), { code: 'ERR_INVALID_ARG_TYPE' });
    }
    return new VirtualTimer(callback, Number(delay), args, repeats);
  };
  const virtual = {
    setTimeout(callback, delay, ...args) {
      return isInternal() ? real.setTimeout(callback, delay, ...args) : setVirtual(callback, delay, args, false);
    },
    setInterval(callback, delay, ...args) {
      return isInternal() ? real.setInterval(callback, delay, ...args) : setVirtual(callback, delay, args, true);
    },
    clearTimeout(timer) {
      const found = timer instanceof VirtualTimer ? timer : queue.get(Number(timer));
      if (found) found.close();
      else real.clearTimeout(timer);
    },
    clearInterval(timer) {
      virtual.clearTimeout(timer);
    },
  };
  const sleep = (delay, value, { signal, ref = true } = {}) =>
    new Promise((resolve, reject) => {
      const refuse = () => reject(Object.assign(new Error('The operation was aborted', { cause: signal.reason }), { name: 'AbortError', code: 'ABORT_ERR' }));
      if (signal?.aborted) return refuse();
      const abort = () => {
        timer.close();
        refuse();
      };
      const timer = setVirtual(() => {
        signal?.removeEventListener('abort', abort);
        resolve(value);
      }, delay, [], false);
      if (!ref) timer.unref();
      signal?.addEventListener('abort', abort, { once: true });
    });
  Object.defineProperty(virtual.setTimeout, promisify.custom, { value: sleep });
  async function* every(delay, value, options = {}) {
    for (;;) yield await sleep(delay, value, options);
  }

  const first = () => {
    let found;
    for (const timer of queue.values()) {
      if (!found || timer.at < found.at || (timer.at === found.at && timer.order < found.order)) found = timer;
    }
    return found;
  };
  const fire = () => {
    const timer = first();
    if (!timer || timer.at > now) return;
    if (timer.repeats) timer.refresh();
    else timer.close();
    timer.run();
  };
  const isWaiting = () => {
    for (const timer of queue.values()) if (timer.isReferenced) return true;
    return false;
  };

  // The process lives for as long as it has a timer that keeps it alive.
  let isKept = false;
  function keepAlive() {
    const keeps = isWaiting();
    if (keeps === isKept) return;
    isKept = keeps;
    if (keeps) {
      channel.ref();
      say({ wake: true });
    } else {
      channel.unref();
    }
  }

  // Dates and chance.

  function install(target = globalThis) {
    if (target.setTimeout === virtual.setTimeout) return;
    // It may have gone on since the start: nobody waits for processes that do not take part yet.
    if (!isInstalled) now = Math.max(now, readNow());
    isInstalled = true;
    lastTarget = target;
    // Node's own runner takes its timers when it is first loaded.
    if (target === globalThis) require('node:test');
    Object.assign(timers, virtual);
    Object.assign(timers.promises, { setTimeout: sleep, setInterval: every });
    timers.promises.scheduler.wait = (delay, options) => sleep(delay, undefined, options);
    const RealDate = target.Date;
    const start = now - real.now();
    Object.assign(target, virtual);
    target.Date = class Date extends RealDate {
      constructor(...parts) {
        if (parts.length > 0) super(...parts);
        else super(now);
      }
      static now() {
        return now;
      }
      static [Symbol.hasInstance](value) {
        return value instanceof RealDate;
      }
    };
    (target.performance ?? performance).now = () => now - start;
    if (seed) target.Math.random = generator(seed);
    Module.syncBuiltinESMExports();
    changes++;
  }

  function generator(seed) {
    // Mulberry32.
    let state = seed >>> 0;
    return () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  const load = Module._load;
  Module._load = function (request, ...rest) {
    if (!isInstalled && /(^|[\\/]node_modules[\\/])(ably|@ably[\\/]chat)([\\/]|$)/.test(request)) install();
    return load.call(this, request, ...rest);
  };

  // For sandboxes such as jest's, whose global is another: `require('timers')[Symbol.for('chatctl.clock')].install(globalThis)`.
  const handle = { install, get now() { return now; } };
  Object.defineProperty(globalThis, KEY, { value: handle });
  Object.defineProperty(timers, KEY, { value: handle });

  // What happens beside the timers: work of the thread pool and the system, sockets, requests, children.

  const WORK = /^(?!HTTP).*(REQUEST|REQWRAP|REQCALLBACK|REQPROMISE|CONNECTWRAP|CLOSEREQ)$|^(WRITEWRAP|SHUTDOWNWRAP|QUERYWRAP|ZLIB)$/;
  const work = new Map();
  createHook({
    init(id, type, _, resource) {
      if (!WORK.test(type)) return;
      work.set(id, [type, resource]);
      changes++;
    },
    after(id) {
      work.delete(id);
    },
    destroy(id) {
      work.delete(id);
    },
  }).enable();
  // A synchronous crypto job has no `ondone`, and ends without a word.
  const isUnderWay = ([type, resource]) => !type.endsWith('REQUEST') || !/Job$/.test(resource.constructor.name) || resource.ondone !== undefined;

  const sockets = new Set();
  diagnostics.subscribe('net.client.socket', ({ socket }) => {
    sockets.add(socket);
    changes++;
    socket.once('close', () => {
      sockets.delete(socket);
      changes++;
    });
  });

  const requests = new Map();
  const isOurs = (host) => Number(new URL(`http://${host}`).port) === port;
  const began = (key, url) => {
    requests.set(key, url);
    changes++;
  };
  const ended = (key) => {
    requests.delete(key);
    changes++;
  };
  diagnostics.subscribe('http.client.request.start', ({ request }) => {
    if (isOurs(request.getHeader('host') ?? '')) return;
    began(request, `${request.protocol}//${request.getHeader('host')}`);
    request.once('close', () => ended(request));
  });
  diagnostics.subscribe('undici:request:create', ({ request }) => {
    if (isOurs(new URL(request.origin).host)) return;
    began(request, `${request.origin}`);
  });
  diagnostics.subscribe('undici:request:trailers', ({ request }) => ended(request));
  diagnostics.subscribe('undici:request:error', ({ request }) => ended(request));

  const starting = new Map();
  let children = 0;
  const { spawn } = childProcess.ChildProcess.prototype;
  childProcess.ChildProcess.prototype.spawn = function (options) {
    const rest = (options.envPairs ?? []).filter((pair) => !pair.startsWith('CHATCTL_CLOCK_NAME='));
    options.envPairs = [...rest, `CHATCTL_CLOCK_NAME=${name}.${++children}`];
    const result = spawn.call(this, options);
    if (this.pid) {
      starting.set(this.pid, real.now());
      changes++;
      this.once('exit', () => {
        starting.delete(this.pid);
        changes++;
      });
    }
    return result;
  };
  diagnostics.subscribe('worker_threads', ({ worker }) => {
    // It runs the first line of this script before it is online.
    const key = {};
    work.set(key, ['WORKER', {}]);
    changes++;
    for (const event of ['online', 'exit']) worker.once(event, () => work.delete(key));
  });

  // Probes.

  const events = () => (performance.nodeTiming?.uvMetricsInfo?.events ?? 0) - ownReads;

  const answer = (k) => {
    // After two turns of the loop everything that was ready has run.
    real.setImmediate(() => real.setImmediate(() => {
      const open = [...sockets].filter((socket) => socket.remotePort === port && socket.localPort !== undefined);
      const age = real.now();
      say({
        k,
        next: first()?.at ?? null,
        referenced: isWaiting(),
        state: `${changes} ${events()}`,
        sockets: open.map((socket) => [socket.localPort, socket.bytesRead, socket.bytesWritten]),
        work: [...work.values()].filter(isUnderWay).map(([type]) => type),
        requests: [...requests.values()],
        starting: [...starting].map(([pid, since]) => [pid, Math.trunc(age - since)]),
        installed: isInstalled,
        hidden: typeof lastTarget?.setTimeout === 'function' && lastTarget.setTimeout !== virtual.setTimeout,
      });
    }));
  };
  const hear = ({ now: time, k, fire: fires }) => {
    if (time !== undefined) {
      now = Math.max(now, time);
      if (k !== undefined) say({ k, ack: true });
      return;
    }
    if (fires) fire();
    if (k !== undefined) answer(k);
  };

  let rest = '';
  channel.setEncoding('utf8');
  channel.on('data', (data) => {
    ownReads++;
    const lines = (rest + data).split('\n');
    rest = lines.pop();
    for (const line of lines) hear(JSON.parse(line));
  });
  // The run is over.
  channel.on('error', () => {});
  channel.unref();
  say({ hello: name, pid: process.pid, ppid: process.ppid });

  function nameOfThis() {
    const inherited = process.env.CHATCTL_CLOCK_NAME ?? '1';
    return workers.isMainThread ? inherited : `${inherited}w${workers.threadId}`;
  }
}
