import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

/** The project's folder. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

/** Everything that was installed for running VS Code, and nothing that cannot be installed again. */
export const cacheDir = join(root, '.vscode-test');

/** What test runs leave behind: results, screenshots, built test files. */
export const outDir = join(root, 'out');

/** The packaged extension; another one can be named, since every build wipes `dist`. */
export const vsixFile = process.env.DAEMON_HEALTH_VSIX ?? join(root, 'dist', 'daemon-health.vsix');
