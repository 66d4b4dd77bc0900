import type { Stats } from 'node:fs';
import { chmod, lstat, mkdir, readdir, readlink, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { userOf } from '../../system/userName';
import { PRIVATE_DIR_MODE, WRITABLE_BY_OTHERS } from '../../system/privateFile';
import { cleanText } from '../../base/text';
import { INSTANCE_FILE, TOKEN_FILE } from '../../protocol/dispatchd';
import { MAX_SHOWN_FILES } from '../policy';
import { HISTORY_FILE } from './history';
import { LIFECYCLE_FILE } from './lifecycle';
import { codeOf, inWords, isKnown, Trouble } from '../../system/trouble';

/** The folders in it. */
const FOLDERS = ['sessions', 'output', 'exits'];

/** Each life writes both, and the second one stays. */
const PROOFS = [INSTANCE_FILE, LIFECYCLE_FILE];
/** What a start that failed may have left, sockets of the lock among it; and what is in the root of a new disk. */
const EXPECTED = [...FOLDERS, TOKEN_FILE, HISTORY_FILE, 'lock', 'sock', 'lost+found'];

const OTHER = 'give another with --state-dir';

/** What helps, by the system's code; elsewhere only another directory does. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some space',
  EDQUOT: 'Free some space',
  EMFILE: 'Close some programs',
  ENFILE: 'Close some programs',
  EEXIST: 'Move it away',
  ENOTDIR: 'Move it away',
  EISDIR: 'Move it away',
};

/** Why this state directory is not used, in a sentence fit to show. */
class StateDirRefused extends Error {}

/**
 * Makes the state directory where it is missing, and proves that nobody else can change what is in it: what waits
 * in it is run as us. Windows tells neither owner nor mode in `stat`; there the profile's folder is closed to others.
 *
 * @throws StateDirRefused
 */
export async function proveStateDir(stateDir: string): Promise<void> {
  await make(stateDir);
  const uid = process.getuid?.();
  if (uid !== undefined) await proveClosed(stateDir, uid);
  await proveNothingElse(stateDir);
}

async function proveClosed(stateDir: string, uid: number): Promise<void> {
  const what = `the state directory ${stateDir}`;
  const link = await lstat(stateDir);
  // Whoever owns the link may point it somewhere else at any time.
  if (link.isSymbolicLink() && link.uid !== uid && link.uid !== 0) throw await foreign(what, link);
  const found = await stat(stateDir).catch(async (error: unknown) => {
    if (codeOf(error) !== 'ENOENT' || !link.isSymbolicLink()) throw error;
    const target = await readlink(stateDir);
    throw new StateDirRefused(
      `${what} is a link to ${target}, which is not there. Make that folder, or ${OTHER}`,
    );
  });
  await provePrivate(stateDir, what, uid, found);
  for (const name of FOLDERS) {
    const folder = join(stateDir, name);
    const found = await lstat(folder).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (found) await provePrivate(folder, `the folder ${folder} in the state directory`, uid, found);
  }
}

/** Of a folder that holds other files, dispatchd would make its own place only by mistake: `/`, or a project. */
async function proveNothingElse(stateDir: string): Promise<void> {
  const names = await readdir(stateDir);
  const isOf = (file: string) => (name: string) => name === file || name.startsWith(`${file}.`);
  if (PROOFS.some((proof) => names.some(isOf(proof)))) return;
  const others = names.filter((name) => !EXPECTED.some((file) => isOf(file)(name)));
  if (others.length === 0) return;
  const shown = others.sort().slice(0, MAX_SHOWN_FILES).join(', ');
  const which = cleanText(`${shown}${others.length > MAX_SHOWN_FILES ? ', …' : ''}`);
  throw new StateDirRefused(
    `the folder ${stateDir} is no place for its state: it holds other files (${which}). ` +
      'Give an empty or a new folder with --state-dir',
  );
}

/** Node's own `recursive` never ends below /proc, and says ENOENT for whatever keeps it from making the parents. */
async function make(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: PRIVATE_DIR_MODE });
  } catch (error) {
    // A file may be there: that is said later.
    if (codeOf(error) === 'EEXIST') return;
    if (codeOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
    await make(dirname(folder));
    await makeLast(folder);
  }
}

async function makeLast(folder: string): Promise<void> {
  await mkdir(folder, { mode: PRIVATE_DIR_MODE }).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
}

async function provePrivate(folder: string, what: string, uid: number, found: Stats): Promise<void> {
  if (!found.isDirectory()) throw new StateDirRefused(`${what} is not a folder. Move it away, or ${OTHER}`);
  if (found.uid !== uid) throw await foreign(what, found);
  if ((found.mode & WRITABLE_BY_OTHERS) === 0) return;
  const isEmpty = async () => (await readdir(folder)).length === 0;
  if (await isEmpty()) {
    await chmod(folder, PRIVATE_DIR_MODE);
    // Something may have been planted before it was closed; and some file systems keep no mode.
    if ((await isEmpty()) && ((await stat(folder)).mode & WRITABLE_BY_OTHERS) === 0) return;
  }
  throw new StateDirRefused(
    `other users may write in ${what}, and may have put commands there. ` +
      `Look at what is in it and run "chmod 700 ${folder}", or ${OTHER}`,
  );
}

async function foreign(what: string, { uid }: Stats): Promise<StateDirRefused> {
  return new StateDirRefused(`${what} belongs to ${await userOf(uid)}; ${OTHER}`);
}

/**
 * One sentence for a start that failed by its state directory: what, where, what to do.
 *
 * @returns `undefined` where the error is not the system's word on a file
 */
export function stateDirRefusal(stateDir: string, error: unknown): string | undefined {
  if (error instanceof StateDirRefused) return error.message;
  const cause = error instanceof Trouble ? error.cause : error;
  const code = codeOf(cause);
  if (code === undefined || !isKnown(code)) return undefined;
  const path = placeOf(cause as NodeJS.ErrnoException);
  const where = path === undefined || path === stateDir ? '' : ` (${path})`;
  const advice = ADVICE[code] === undefined ? 'Give' : `${ADVICE[code]}, or give`;
  return `the state directory ${stateDir} cannot be used: ${inWords(cause)}${where}. ${advice} another with --state-dir`;
}

/** The file that it was about: nobody knows the names under which files are made first. */
function placeOf({ path, dest }: NodeJS.ErrnoException & { dest?: string }): string | undefined {
  return (dest ?? path)?.replace(/(\.candidate\.[\da-f]+|\.\d+)$/, '');
}
