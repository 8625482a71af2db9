#!/usr/bin/env node
// Runs the chatctl binary with these arguments: same streams, same exit status, same signals.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';

import { binaryPath } from '../src/binary.js';

/** The exit statuses of shells for a command that can't be run, and for one that is not found. */
const CANNOT_RUN = 126;
const NOT_FOUND = 127;

/** The signals that are passed on. A terminal sends its own to both processes, which chatctl takes for one. */
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];

let binary;
try {
  binary = binaryPath();
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exit(NOT_FOUND);
}

// On Linux the binary asks the system to end it with this process, even when this one is killed.
const tied = process.platform === 'linux' ? ['__parent-death', String(process.pid), binary] : [];
const child = spawn(binary, [...tied, ...process.argv.slice(2)], { stdio: 'inherit' });

for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal));

child.on('error', (error) => {
  console.error(`error: can't run ${binary}: ${error.message}`);
  process.exit(CANNOT_RUN);
});

child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // Where the signal does not end this process.
  setTimeout(() => process.exit(128 + constants.signals[signal]), 100);
});
