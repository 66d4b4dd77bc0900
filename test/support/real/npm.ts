import { join } from 'node:path';
import { ensureInstalled, npmInstall } from '../../../scripts/install.mjs';

/**
 * Packages from npm in a folder of their own, once; none of their scripts runs. Rejects where npm has none.
 *
 * @param size for a person who waits
 * @returns the folder of `node_modules`
 */
export async function ensureNpm(name: string, packages: readonly string[], size: string): Promise<string> {
  const folder = await ensureInstalled({
    name,
    recipe: { packages },
    title: `${name} for the tests (${size}, once)`,
    fill: (target) => npmInstall(target, packages),
  });
  return join(folder, 'node_modules');
}
