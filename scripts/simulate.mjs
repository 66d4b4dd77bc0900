/**
 * `npm run simulate`: plays recorded lives of daemons and 200 days that a seed makes up, and compares all that comes
 * out with what is kept in `test/record/kept`. See docs/testing-record.md.
 */
import { join } from 'node:path';
import { ensureDependencies } from './install.mjs';
import { root } from './paths.mjs';
import { run } from './run.mjs';

try {
  await ensureDependencies();
  const main = join(root, 'test', 'record', 'simulate.ts');
  await run(process.execPath, ['--import=tsx', main, ...process.argv.slice(2)], { cwd: root, show: true });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
