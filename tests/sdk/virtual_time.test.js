// Virtual time under the unmodified SDKs: what takes minutes and hours happens when it should, and takes no time.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { CHATCTL } from './helper.js';

const CASES = join(dirname(fileURLToPath(import.meta.url)), 'virtual_cases.js');

/** Runs a case twice from one seed; returns what it printed, which is the same both times. */
function run(name) {
  const [one, two] = [1, 2].map(() => {
    const options = ['--virtual-time', '--clock-start', '2030-01-01T00:00:00Z', '--random-seed', '1'];
    const ran = spawnSync(CHATCTL, ['exec', ...options, '--', process.execPath, CASES, name], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    assert.equal(ran.status, 0, `${ran.stdout}\n${ran.stderr}`);
    return ran.stdout.split('\n').filter((line) => line && !line.startsWith('real'));
  });
  assert.deepEqual(two, one);
  return one;
}

test('a token of an hour is renewed half a minute before it ends', () => {
  assert.deepEqual(run('token'), [
    '0.000 connecting',
    '0.000 token',
    '0.000 connected',
    '3570.000 token',
    '3570.000 connected',
    '7140.000 token',
    '7140.000 connected',
    '9000.000 the same connection',
  ]);
});

test('typing stops 12 s after the last key', () => {
  const seen = run('typing').map((line) => line.split(' '));
  assert.deepEqual(seen.map(([, what]) => what), ['typing.started', 'typing.stopped']);
  const [began, ended] = seen.map(([at]) => Number(at));
  assert.ok(began >= 1 && began < 1.1, began);
  assert.ok(ended - began >= 11.9 && ended - began <= 12.1, ended);
});

test('a broken link ends presence after 15 s and continuity after two minutes', () => {
  const seen = run('away').map((line) => line.split(' '));
  const at = (...words) => {
    const found = seen.find((line) => line.slice(1).join(' ') === words.join(' '));
    assert.ok(found, `${words}: ${JSON.stringify(seen)}`);
    return Number(found[0]);
  };
  assert.equal(at('disconnected'), 30);
  assert.ok(Math.abs(at('presence leave ann') - 45) < 0.1);
  assert.equal(at('suspended'), 150);
  assert.ok(at('discontinuity 102100') > at('healed'));
  // All members at the end, before the clients close.
  assert.equal(at('ann'), 220);
});
