import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isInstanceFileLeft } from '../life/instance';
import { readOwn } from '../../system/privateFile';
import { writeText } from '../../system/stateFile';
import { TOKEN_FILE } from '../../protocol/dispatchd';

/** 256 bits, as hex. */
const TOKEN_PATTERN = /^[0-9a-f]{64}$/;
/** Group and others. */
const OPEN_TO_OTHERS = 0o077;

/**
 * Reads `<stateDir>/token`, or makes it. It stays the same over restarts, so that clients may keep it, but a token
 * that somebody else may know is replaced: one that others could read, or that is a link or another user's, and
 * that of a life which did not end cleanly. Its port was free for anybody, and an earlier client may have told it.
 */
export async function readOrCreateToken(stateDir: string): Promise<string> {
  const file = join(stateDir, TOKEN_FILE);
  const existing = await readOwn(file);
  if (existing && 'text' in existing && !isOpen(existing.mode) && !(await isInstanceFileLeft(stateDir))) {
    const token = existing.text.trim();
    if (TOKEN_PATTERN.test(token)) return token;
  }
  const token = randomBytes(32).toString('hex');
  await writeText(file, `${token}\n`);
  return token;
}

/** Windows tells no mode in `stat`. */
function isOpen(mode: number): boolean {
  return process.platform !== 'win32' && (mode & OPEN_TO_OTHERS) !== 0;
}
