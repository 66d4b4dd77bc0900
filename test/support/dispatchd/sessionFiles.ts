import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The files of the sessions of a dispatchd. A kill leaves a half-written one beside them, under a name of its own. */
export function sessionFiles(stateDir: string): readonly string[] {
  const folder = join(stateDir, 'sessions');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name));
}
