import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { extensionDir } from './places';

/** Loaded at every start of the editor: by activation, and right after. */
export const LOADED_AT_START = ['extension.js', 'app.js'];
export const START_LIMIT_KB = 60;

export interface BuiltFile {
  readonly file: string;
  readonly kb: number;
}

/** The minified files that ship, those loaded at the start first. */
export function measureSizes(): readonly BuiltFile[] {
  const dist = join(extensionDir, 'dist');
  return readdirSync(dist)
    .filter((file) => file.endsWith('.js'))
    .sort(
      (a, b) =>
        Number(LOADED_AT_START.includes(b)) - Number(LOADED_AT_START.includes(a)) || a.localeCompare(b),
    )
    .map((file) => ({ file, kb: statSync(join(dist, file)).size / 1_024 }));
}
