/**
 * `npm run soak:dispatchd`: random work and kill -9 in 300 rounds, 50 of them with a full disk, an unwritable folder or
 * too few handles. `-- --rounds N` plays so many, `-- --seed S` plays the same again. `npm test` plays 20.
 * `-- --load` puts a load of requests on it for a minute instead.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './install.mjs';
import { root } from './paths.mjs';
import { run } from './run.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '300' },
    seed: { type: 'string' },
    load: { type: 'boolean' },
  },
});
try {
  await ensureDependencies();
  const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  // The load lasts for a minute; in `npm test` for some seconds.
  const test = join(root, 'test', 'integration', 'dispatchd', values.load ? 'load.test.ts' : 'soak.test.ts');
  await run(process.execPath, [mocha, '--no-config', '--node-option=import=tsx', '--exit', test], {
    cwd: root,
    show: true,
    env: {
      ...process.env,
      DISPATCHD_LOAD_SECONDS: '60',
      DISPATCHD_SOAK_ROUNDS: values.rounds,
      ...(values.seed !== undefined && { DISPATCHD_TEST_SEED: values.seed }),
    },
  });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
