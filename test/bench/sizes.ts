import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { extensionDir } from './places';
import { atMost, kb, type Part } from './report';

/** Loaded at every start of the editor: by activation, and right after. */
const LOADED_AT_START = ['extension.js', 'app.js'];
const START_LIMIT_BYTES = 60 * 1_024;

/** The minified files that ship, those loaded at the start first. */
export function measureSizes(): Part {
  const dist = join(extensionDir, 'dist');
  const isAtStart = (file: string) => LOADED_AT_START.includes(file);
  const sizes = readdirSync(dist)
    .filter((file) => file.endsWith('.js'))
    .sort((a, b) => Number(isAtStart(b)) - Number(isAtStart(a)) || a.localeCompare(b))
    .map((file) => ({ file, bytes: statSync(join(dist, file)).size }));
  const startBytes = sizes.filter(({ file }) => isAtStart(file)).reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    figures: sizes,
    tables: [
      {
        title: 'Files, minified',
        method: [],
        head: ['', 'size'],
        rows: sizes.map(({ file, bytes }) => [file, kb(bytes)]),
      },
    ],
    targets: [
      atMost(
        `size of what is loaded at the start (${LOADED_AT_START.join(', ')})`,
        START_LIMIT_BYTES,
        startBytes,
        kb,
        true,
      ),
    ],
  };
}
