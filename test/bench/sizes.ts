import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { extensionDir } from './places';

export const ACTIVATION_LIMIT_KB = 60;

export interface BuiltFile {
  readonly file: string;
  readonly kb: number;
}

/** The minified files that ship, the one of the activation path first. */
export function measureSizes(): readonly BuiltFile[] {
  const dist = join(extensionDir, 'dist');
  const first = 'extension.js';
  return readdirSync(dist)
    .filter((file) => file.endsWith('.js'))
    .sort((a, b) => Number(b === first) - Number(a === first) || a.localeCompare(b))
    .map((file) => ({ file, kb: statSync(join(dist, file)).size / 1_024 }));
}
