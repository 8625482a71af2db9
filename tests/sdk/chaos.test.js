// What the SDKs promise holds whatever breaks that they hide: seeds of the profile mild, in virtual time.
// CHATCTL_CHAOS_SEEDS says how many; CHATCTL_CHAOS_FIRST the first one.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { CHATCTL } from './helper.js';

const CASES = join(dirname(fileURLToPath(import.meta.url)), 'chaos_cases.js');
const COUNT = Number(process.env.CHATCTL_CHAOS_SEEDS ?? 8);
const FIRST = Number(process.env.CHATCTL_CHAOS_FIRST ?? 1);

/** Runs the cases under a seed; the status and all that was said. */
function run(seed) {
  const options = ['--virtual-time', '--random-seed', '1', '--chaos', String(seed), '--chaos-profile', 'mild'];
  const child = spawn(CHATCTL, ['exec', ...options, '--', process.execPath, CASES], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (text) => { said += text; });
  child.stderr.on('data', (text) => { said += text; });
  return new Promise((resolve) => {
    child.on('close', (status) => resolve({ status, said }));
  });
}

for (let seed = FIRST; seed < FIRST + COUNT; seed += 1) {
  test(`seed ${seed}`, { timeout: 60_000 }, async () => {
    const { status, said } = await run(seed);
    assert.equal(status, 0, said);
    assert.match(said, /all is well/);
  });
}
