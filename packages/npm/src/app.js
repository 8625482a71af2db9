// Apps: isolated parts of a server, each with its own keys and rooms.

import { Clock } from './clock.js';
import { Faults } from './faults.js';
import { call } from './http.js';

const FULL_ACCESS = '{"*":["*"]}';

/** What an app and its server have in common: an address, keys, and the forms that SDKs and programs take them in. */
class Reachable {
  constructor(address, keys) {
    const { url, endpoint, port, tls, ca, caFile, adminToken } = address;
    Object.assign(this, { url, endpoint, port, tls, keys, key: keys[0] });
    // Long, and the same for everybody: not shown where a server is printed.
    Object.defineProperty(this, 'ca', { value: ca });
    Object.defineProperty(this, 'caFile', { value: caFile });
    // As good as the server itself.
    Object.defineProperty(this, 'adminToken', { value: adminToken });
  }

  /** The id of the app: the part of its keys before the dot. */
  get appId() {
    return this.key.slice(0, this.key.indexOf('.'));
  }

  /** The options of `Ably.Realtime` and `Ably.Rest`. */
  get clientOptions() {
    const { key, endpoint, port, tls } = this;
    return tls ? { key, endpoint, tlsPort: port, tls } : { key, endpoint, port, tls };
  }

  /** The variables by which SDKs, apps and chatctl find it. */
  get env() {
    const env = {
      ABLY_API_KEY: this.key,
      ABLY_ENDPOINT: this.endpoint,
      ABLY_PORT: String(this.port),
      ABLY_TLS: String(this.tls),
      ABLY_URL: this.url,
      CHATCTL_URL: this.url,
    };
    if (this.adminToken) env.CHATCTL_ADMIN_TOKEN = this.adminToken;
    if (this.caFile) Object.assign(env, { CHATCTL_CA_FILE: this.caFile, NODE_EXTRA_CA_CERTS: this.caFile });
    return env;
  }

  /** Failures on demand, for the clients of this app. */
  get faults() {
    return new Faults(this);
  }

  /** Cuts connections, all of the app or those of a client, as when the network fails for a moment. */
  async cut(whom = {}) {
    return this.faults.now({ do: 'cut', ...whom });
  }

  /** A key with full access, which managing an app needs. */
  get fullKey() {
    return this.key;
  }

  /** Goes back to the initial state: later messages and members are deleted, those of the seed are restored. */
  async reset() {
    await call(this, 'POST', `/apps/${this.appId}/reset`, { key: this.fullKey });
  }
}

/** An app of its own in a server. */
class App extends Reachable {
  #fullKey;

  constructor(address, keys, fullKey) {
    super(address, keys);
    this.#fullKey = fullKey;
  }

  get fullKey() {
    return this.#fullKey;
  }

  /** Disconnects its clients and deletes its rooms. */
  async delete() {
    await call(this, 'DELETE', `/apps/${this.appId}`, { key: this.fullKey });
  }

  async [Symbol.asyncDispose]() {
    await this.delete();
  }
}

/** A server in which apps can be made. */
export class Server extends Reachable {
  /** Its clock, which `start({ args: ['--clock', 'virtual'] })` freezes until it is advanced. */
  get clock() {
    return new Clock(this);
  }

  /** Makes an isolated app with keys of its own: one with full access, or one for each of `capabilities`. */
  async app({ capabilities = [] } = {}) {
    // The last one manages the app, whatever the others may do.
    const wanted = [...capabilities, FULL_ACCESS].map((capability) => ({
      capability: typeof capability === 'string' ? capability : JSON.stringify(capability),
    }));
    const made = await call(this, 'POST', '/apps', { key: this.key, body: { keys: wanted } });
    const keys = made.keys.map(({ keyStr }) => keyStr);
    const fullKey = keys.pop();
    return new App(this, keys.length > 0 ? keys : [fullKey], fullKey);
  }
}
