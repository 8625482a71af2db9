// A chatctl server for the tests of an app.

import { readFileSync } from 'node:fs';

import { Server } from './app.js';
import { startProcess } from './process.js';

export { binaryPath } from './binary.js';

/** A server that this process has started. */
class OwnServer extends Server {
  #process;

  constructor(address, keys, process) {
    super(address, keys);
    this.#process = process;
  }

  /** Ends the server. Its clients are disconnected. */
  async stop() {
    await this.#process.stop();
  }

  async [Symbol.asyncDispose]() {
    await this.stop();
  }
}

/** Starts a server, which ends with this process at the latest. */
export async function start(options = {}) {
  const { ready, process, caFile } = await startProcess(options);
  const ca = caFile && readFileSync(caFile, 'utf8');
  return new OwnServer({ ...ready, ca, caFile }, ready.keys, process);
}

/**
 * Finds the server that the environment names: that of `chatctl exec -- COMMAND`, of a global set-up, or of
 * `chatctl local env`.
 */
export function connect(env = process.env) {
  const { ABLY_API_KEY: key, CHATCTL_URL: url, CHATCTL_CA_FILE: caFile, CHATCTL_ADMIN_TOKEN: adminToken } = env;
  if (!url || !key) {
    throw new Error(
      "there is no chatctl server: CHATCTL_URL and ABLY_API_KEY are not set. Run the tests with 'chatctl exec -- COMMAND', " +
        "or use 'chatctl/global-setup'",
    );
  }
  const { protocol, hostname, port } = new URL(url);
  const tls = protocol === 'https:';
  const address = { url, endpoint: hostname, port: Number(port || (tls ? 443 : 80)), tls, adminToken };
  if (caFile) Object.assign(address, { caFile, ca: readFileSync(caFile, 'utf8') });
  return new Server(address, [key]);
}
