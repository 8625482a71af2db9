/// <reference lib="esnext.disposable" />

/** The address and keys of a server or of an app in it. */
export interface Reachable {
  /** `http://host:port`, or `https:` with TLS. */
  readonly url: string;
  /** The host, as SDKs take it. */
  readonly endpoint: string;
  readonly port: number;
  readonly tls: boolean;
  /** The first key, `name:secret`. */
  readonly key: string;
  readonly keys: readonly string[];
  /** A key with full access: the first one, or for an app with capabilities one that is not among `keys`. */
  readonly fullKey: string;
  /** The part of the keys before the dot. */
  readonly appId: string;
  /** The certificate of the server in PEM, with TLS. */
  readonly ca?: string;
  /** The file of that certificate. */
  readonly caFile?: string;
  /** Options for `new Ably.Realtime(…)` and `new Ably.Rest(…)`; add a `clientId` for Chat. */
  readonly clientOptions: ClientOptions;
  /** `ABLY_API_KEY`, `ABLY_ENDPOINT`, `ABLY_PORT`, `ABLY_TLS`, `ABLY_URL`, `CHATCTL_URL`, for other processes. */
  readonly env: Record<string, string>;
  /** Failures on demand, for the clients of this app. */
  readonly faults: Faults;
  /** Cuts connections, all of the app or those of a client; returns how many. */
  cut(whom?: Whom): Promise<number>;
  /** Goes back to the initial state: that of the seed, else empty. Its faults end. */
  reset(): Promise<void>;
}

/** Whom a fault is about; `*` stands for any text. */
export interface Whom {
  client?: string;
  room?: string;
  channel?: string;
  connection?: string;
}

/** A rule, or a fault that is done at once; `chatctl help faults` lists the keys. */
export interface Fault extends Whom {
  do: string;
  [key: string]: unknown;
}

/** The faults of one app. */
export interface Faults {
  /** Does a fault at once; returns to how many connections. */
  now(fault: Fault): Promise<number>;
  /** Adds a rule; returns its id. */
  add(rule: Fault): Promise<string>;
  /** The rules, each with how often it matched and fired. */
  list(): Promise<{ id: string; rule: Fault; matched: number; fired: number }[]>;
  /** Removes a rule, or all of them. */
  clear(id?: string): Promise<void>;
  /** What was done, the oldest first. */
  log(): Promise<Record<string, unknown>[]>;
}

/** The clock of a server. Times are epoch milliseconds, as those of `Date.now()`; `chatctl help clock` says more. */
export interface Clock {
  /** Returns the time of the server. */
  now(): Promise<number>;
  /** Lets the time go on for milliseconds or a duration as `2m`; resolves to the time once all is quiet then. */
  advance(span: number | string): Promise<number>;
  /** Lets the time go on to the next deadline; resolves to it once all is quiet then. */
  next(): Promise<number>;
  /** Freezes the time: it goes on only when it is advanced. */
  freeze(): Promise<void>;
  /** Lets the time go on by itself. */
  run(): Promise<void>;
}

export interface ClientOptions {
  key: string;
  endpoint: string;
  port?: number;
  tlsPort?: number;
  tls: boolean;
}

/** A capability: JSON, or an object from channels to operations. */
export type Capability = string | Record<string, readonly string[]>;

/** An isolated app with rooms and keys of its own. */
export interface App extends Reachable, AsyncDisposable {
  /** Disconnects its clients and deletes its rooms. */
  delete(): Promise<void>;
}

export interface Server extends Reachable {
  /** Its clock, which `start({ args: ['--clock', 'virtual'] })` freezes until it is advanced. */
  readonly clock: Clock;
  /** Makes an app: with one key that has full access, or with a key for each capability. */
  app(options?: { capabilities?: readonly Capability[] }): Promise<App>;
}

/** A server that this process has started. */
export interface OwnServer extends Server, AsyncDisposable {
  /** Ends the server; its clients are disconnected. */
  stop(): Promise<void>;
}

/** The options of a server; `chatctl serve --help` says more about those that are its flags. */
export interface StartOptions {
  /** The key, `appId.keyId:secret`; a fresh one by default. */
  key?: string;
  /** The address; `127.0.0.1:0`, a free loopback port, by default. */
  listen?: string;
  /** A file with keys and rules. */
  config?: string;
  /** A file with the initial state. */
  seed?: string;
  /** `memory` (the default) or `sqlite:PATH`. */
  store?: string;
  /** `true` for a generated certificate, or the PEM files of one. */
  tls?: boolean | { cert: string; key: string };
  /** A file that each operation is recorded in. */
  accessLog?: string;
  /** The most connections. */
  connectionLimit?: number;
  /** More arguments of `chatctl serve`. */
  args?: readonly string[];
  /** The binary, instead of the one that `binaryPath` finds. */
  binary?: string;
  /** The folder that the server runs in. */
  cwd?: string;
  /** Where the server's standard error goes: nowhere (the default), or to this process's. */
  stderr?: 'ignore' | 'inherit';
  /** The time to start, in milliseconds; 10,000 by default. */
  timeout?: number;
}

/** Starts a server, which ends with this process at the latest, also when that is killed. */
export function start(options?: StartOptions): Promise<OwnServer>;

/** The server that the environment names: of `chatctl exec -- COMMAND`, or of `chatctl/global-setup`. */
export function connect(env?: Record<string, string | undefined>): Server;

/** The path of the binary: `CHATCTL_BIN`, else the one that the package carries, else the first on PATH. */
export function binaryPath(env?: Record<string, string | undefined>): string;
