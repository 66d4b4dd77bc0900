import { join } from 'node:path';
import { ensureInstalled, npmInstall } from './install.mjs';

/** A version of five digits and dots: the system cuts the name of its process after 15 letters. */
const pm2Package = 'pm2@6.0.14';

/** pm2 for the tests, from npm. Rejects where npm has none. @returns the folder of `pm2` */
export async function ensurePm2() {
  const folder = await ensureInstalled({
    name: 'pm2',
    recipe: { pm2Package },
    title: 'pm2 for the tests (about 10 s, once)',
    fill: (target) => npmInstall(target, [pm2Package]),
  });
  return join(folder, 'node_modules', '.bin');
}
