import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheDir } from './paths.mjs';

const file = join(cacheDir, 'start.pid');
const lookEveryMs = 200;

/**
 * Waits until no other `npm start` of this folder is starting: two would build into the same files, and remove the state
 * of each other's daemon. @returns what ends the turn; it also ends with this process
 */
export async function takeTurn() {
  mkdirSync(cacheDir, { recursive: true });
  for (let told = false; !take(); await delay(lookEveryMs)) {
    const pid = numberIn(file);
    // That turn has just ended.
    if (pid === undefined) continue;
    if (!isRunning(pid)) rmSync(file, { force: true });
    else if (!told) {
      console.log(`Waiting for another npm start (process ${pid}) …`);
      told = true;
    }
  }
  const end = () => {
    // Later it may be the turn of another.
    if (numberIn(file) === process.pid) rmSync(file, { force: true });
  };
  process.once('exit', end);
  return end;
}

/** The file appears whole: who dies while it is written takes no turn. */
function take() {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${process.pid}`);
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function numberIn(path) {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
