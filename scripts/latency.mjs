/**
 * `npm run latency`: measures how soon what becomes of a daemon is seen, with real processes on loopback;
 * `out/latency.json` has the figures. `npm run latency -- frozen wait` measures these parts alone; test/latency/index.ts
 * names the parts.
 */
import { join } from 'node:path';
import { ensureDependencies } from './install.mjs';
import { outDir, root } from './paths.mjs';
import { cleanEnv, run } from './run.mjs';

try {
  await ensureDependencies();
  const { build } = await import('esbuild');
  await build({
    entryPoints: { watcher: 'test/latency/watcher.ts', smithyMain: 'test/support/smithyMain.ts' },
    absWorkingDir: root,
    outdir: join(outDir, 'latency'),
    outExtension: { '.js': '.cjs' },
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });
  const main = join(root, 'test', 'latency', 'index.ts');
  await run(process.execPath, ['--import=tsx', main, ...process.argv.slice(2)], {
    cwd: root,
    env: cleanEnv(),
    show: true,
  });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
