import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../scripts/paths.mjs';

/** `old` is commit cf91ddc, the version before; `new` is this one, as it was built last. */
export type Version = 'old' | 'new';

/** What `cf91ddc` wrote, and its built files. */
export const OLD_FIXTURES = join(root, 'test', 'fixtures', 'cf91ddc');

const copies = new Map<Version, string>();

/** The folder of the installed extension of this version: a copy, since a build wipes `dist`. */
export function installed(version: Version): string {
  const known = copies.get(version);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), `daemon-health-${version}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const built = version === 'old' ? join(OLD_FIXTURES, 'bundle') : join(root, 'dist');
  const manifest = version === 'old' ? join(built, 'manifest.json') : join(root, 'package.json');
  if (!existsSync(join(built, 'extension.js')))
    throw new Error(`There is no ${built}: run npm run build first.`);
  mkdirSync(join(folder, 'dist'));
  for (const name of readdirSync(built).filter((file) => file.endsWith('.js')))
    cpSync(join(built, name), join(folder, 'dist', name));
  cpSync(manifest, join(folder, 'package.json'));
  copies.set(version, folder);
  return folder;
}

/** The bundled daemon of this version. */
export function dispatchdOf(version: Version): string {
  return join(installed(version), 'dist', 'dispatchd.js');
}
