import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, unpackDebian } from './install.mjs';

/** supervisord itself, and what it imports besides Python's own library. */
const packages = ['supervisor', 'python3-pkg-resources'];
/** The Python that Debian's packages are made for. */
const python = '/usr/bin/python3';

/**
 * A supervisord for the tests, from the packages of this Debian or Ubuntu, unpacked and not installed. Rejects where
 * there are none.
 *
 * @returns the folder of `supervisord` and `supervisorctl`
 */
export async function ensureSupervisor() {
  if (!existsSync(python)) throw new Error(`there is no ${python}`);
  const folder = await ensureInstalled({
    name: 'supervisor',
    recipe: { packages, layout: 1 },
    title: 'supervisord for the tests (about 3 s, once)',
    fill: unpackSupervisor,
  });
  return join(folder, 'bin');
}

async function unpackSupervisor(target) {
  await unpackDebian(target, packages);
  mkdirSync(join(target, 'bin'));
  for (const program of ['supervisord', 'supervisorctl']) {
    writeFileSync(join(target, 'bin', program), launcherOf(program), { mode: 0o755 });
  }
}

/** Debian's own scripts look for the module where the package would be installed. */
function launcherOf(program) {
  return [
    `#!${python}`,
    'import os, sys',
    'root = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))',
    "sys.path.insert(0, os.path.join(root, 'usr/lib/python3/dist-packages'))",
    `from supervisor.${program} import main`,
    'main()',
    '',
  ].join('\n');
}
