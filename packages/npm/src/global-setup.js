// A server for a whole test run, for the globalSetup of vitest, jest and Playwright: tests find it by `connect()`.

import { start } from './index.js';

/** Starts a server, unless the environment names one, and names it in the environment. Returns what stops it. */
export default async function globalSetup() {
  if (process.env.CHATCTL_URL && process.env.ABLY_API_KEY) return () => {};
  const server = await start();
  const { env } = server;
  Object.assign(process.env, env);
  return async () => {
    for (const name of Object.keys(env)) delete process.env[name];
    await server.stop();
  };
}
