import { join } from 'node:path';
import { outDir } from '../../scripts/paths.mjs';

/** Everything that a run makes; `scripts/bench.mjs` fills it. */
export const benchDir = join(outDir, 'bench');

/** The extension as it ships: kept apart, since any other build wipes `dist`. */
export const extensionDir = join(benchDir, 'extension');

export const built = (name: string) => join(benchDir, `${name}.cjs`);

/** The extension of commit cf91ddc as it shipped. */
export const oldExtensionDir = join(benchDir, 'cf91ddc');
