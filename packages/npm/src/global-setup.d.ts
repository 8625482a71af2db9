/**
 * For `globalSetup` of vitest, jest and Playwright. Starts a server, unless the environment names one, and names it in
 * `process.env`, where `connect()` finds it. Returns what stops it.
 */
export default function globalSetup(): Promise<() => void | Promise<void>>;
