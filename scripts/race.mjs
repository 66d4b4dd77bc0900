/**
 * `npm run race`: 2 to 6 processes ask for one lock at once, 10,000 times, or as often as `-- --rounds N` says. Exactly
 * one of them may get the lock, whatever its last owner left, and nobody while its owner lives. `npm test` runs some
 * 300 of these rounds.
 */
import { join } from 'node:path';
import { ensureDependencies } from './install.mjs';
import { root } from './paths.mjs';
import { run } from './run.mjs';

try {
  await ensureDependencies();
  const main = join(root, 'test', 'support', 'lockRaceMain.ts');
  await run(process.execPath, ['--import=tsx', main, ...process.argv.slice(2)], { cwd: root, show: true });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
