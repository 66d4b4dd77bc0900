import { randomBytes } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PRIVATE_FILE_MODE, writeText } from './stateFile';

/** 256 bits, as hex. */
const TOKEN_PATTERN = /^[0-9a-f]{64}$/;

/** Reads `<stateDir>/token`, or makes it; it stays the same over restarts, so that clients may keep it. */
export async function readOrCreateToken(stateDir: string): Promise<string> {
  const file = join(stateDir, 'token');
  const existing = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (TOKEN_PATTERN.test(existing.trim())) {
    await chmod(file, PRIVATE_FILE_MODE);
    return existing.trim();
  }
  const token = randomBytes(32).toString('hex');
  await writeText(file, `${token}\n`);
  return token;
}
