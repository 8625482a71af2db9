// The clock of a server. `chatctl help clock` says what is virtual.

import { callAdmin } from './http.js';

/** The time for an advance, in milliseconds: the server refuses one that stands still long before. */
const ADVANCE_TIMEOUT = 600_000;

/** The clock of one server. Times are epoch milliseconds, as those of `Date.now()`. */
export class Clock {
  #of;

  constructor(of) {
    this.#of = of;
  }

  /** Returns the time of the server. */
  async now() {
    const { now } = await callAdmin(this.#of, 'GET', 'clock');
    return now;
  }

  /** Lets the time go on for milliseconds or a duration as `2m`. Returns the time once all is quiet then. */
  async advance(span) {
    return this.#advance(typeof span === 'number' ? { ms: span } : { for: span });
  }

  /** Lets the time go on to the next deadline. Returns it once all is quiet then. */
  async next() {
    return this.#advance({ next: true });
  }

  /** Freezes the time: it goes on only when it is advanced. */
  async freeze() {
    await callAdmin(this.#of, 'POST', 'clock/freeze');
  }

  /** Lets the time go on by itself. */
  async run() {
    await callAdmin(this.#of, 'POST', 'clock/run');
  }

  async #advance(body) {
    const { now } = await callAdmin(this.#of, 'POST', 'clock/advance', { body, timeout: ADVANCE_TIMEOUT });
    return now;
  }
}
