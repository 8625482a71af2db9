// Where the chatctl binary is.

import { accessSync, constants, openSync, readSync, closeSync, realpathSync, statSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The binary that this package carries, if it was packed with one for this platform. */
const carried = fileURLToPath(new URL(`../bin/${process.platform}-${process.arch}/chatctl`, import.meta.url));

/**
 * Returns the path of the chatctl binary: `CHATCTL_BIN`, else the one that this package carries, else the first on PATH.
 */
export function binaryPath(env = process.env) {
  if (env.CHATCTL_BIN !== undefined) {
    if (!isExecutable(env.CHATCTL_BIN)) {
      throw new Error(`CHATCTL_BIN: '${env.CHATCTL_BIN}' is not an executable file`);
    }
    return env.CHATCTL_BIN;
  }
  if (isExecutable(carried)) return carried;
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    const path = join(folder || '.', 'chatctl');
    if (isExecutable(path) && !isLauncher(path)) return path;
  }
  throw new Error(
    `there is no chatctl binary: this package carries none for ${process.platform}-${process.arch}, and PATH has none. ` +
      'Install chatctl, or set CHATCTL_BIN to its path',
  );
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Returns whether the file is the launcher of this package, which package managers put on PATH, or leads to it. */
function isLauncher(path) {
  if (realpathSync(path).includes(`${sep}node_modules${sep}`)) return true;
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(4096);
    const text = head.toString('latin1', 0, readSync(file, head));
    return text.startsWith('#!') && (text.includes('chatctl.js') || text.includes('node_modules'));
  } finally {
    closeSync(file);
  }
}
