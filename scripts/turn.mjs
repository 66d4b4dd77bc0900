import { linkSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheDir } from './paths.mjs';

const lookEveryMs = 200;
const signEveryMs = 1_000;
/** Whoever gives no sign for so long has no turn: its number may be another program's by now. */
const goneAfterMs = 30_000;

/**
 * Waits until no other `npm start` of this folder is starting: two would build into the same files, and remove the state
 * of each other's daemon. @returns what ends the turn; it also ends with this process
 */
export async function takeTurn(folder = cacheDir) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'start.pid');
  for (let told = false; !take(file); await delay(lookEveryMs)) {
    const pid = numberIn(file);
    // That turn has just ended.
    if (pid === undefined) continue;
    if (!isRunning(pid) || isSilent(file)) rmSync(file, { force: true });
    else if (!told) {
      console.log(`Waiting for another npm start (process ${pid}) …`);
      told = true;
    }
  }
  const signs = setInterval(() => sign(file), signEveryMs).unref();
  const end = () => {
    clearInterval(signs);
    // Later it may be the turn of another.
    if (numberIn(file) === process.pid) rmSync(file, { force: true });
  };
  process.once('exit', end);
  return end;
}

/** The file appears whole: who dies while it is written takes no turn. */
function take(file) {
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

function sign(file) {
  try {
    if (numberIn(file) === process.pid) utimesSync(file, new Date(), new Date());
  } catch {
    // Somebody has removed it: the turn is over.
  }
}

function isSilent(file) {
  const writtenMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  return Date.now() - writtenMs > goneAfterMs;
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
