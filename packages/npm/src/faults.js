// Failures on demand. Rules and their keys are explained by `chatctl help faults`.

import { callAdmin } from './http.js';

/** The faults of one app. */
export class Faults {
  #of;

  constructor(of) {
    this.#of = of;
  }

  /** Does a fault at once, as in `{ do: 'offline', client: 'bob', for: '3m' }`. Returns to how many connections. */
  async now(fault) {
    const { connections } = await this.#call('POST', 'faults/actions', fault);
    return connections;
  }

  /** Adds a rule, as in `{ at: 'out', do: 'drop', action: 'MESSAGE', times: 1 }`. Returns its id. */
  async add(rule) {
    const { ids } = await this.#call('POST', 'faults', { fault: [rule] });
    return ids[0];
  }

  /** Returns the rules, each with how often it matched and fired. */
  async list() {
    return this.#call('GET', 'faults');
  }

  /** Removes a rule, or all of them and what they have not ended. */
  async clear(id) {
    await this.#call('DELETE', id === undefined ? 'faults' : `faults/${encodeURIComponent(id)}`);
  }

  /** Returns what was done, the oldest first. */
  async log() {
    return this.#call('GET', 'faults/log');
  }

  async #call(method, path, body) {
    return callAdmin(this.#of, method, `${path}?app=${this.#of.appId}`, { body });
  }
}
