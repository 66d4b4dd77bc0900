/**
 * `npm run bench`: installs what is missing, builds for production, and measures; `out/bench.json` has the figures.
 * `npm run bench -- poll heap` measures these parts alone; test/bench/index.ts names the parts.
 */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies } from './install.mjs';
import { ensureBrowser } from './installBrowser.mjs';
import { ensureVSCodeServer } from './installVSCode.mjs';
import { outDir, root } from './paths.mjs';
import { cleanEnv, run } from './run.mjs';

const benchDir = join(outDir, 'bench');

try {
  await ensureDependencies();
  const { node } = await ensureVSCodeServer();
  await ensureBrowser();
  await build();
  await run(
    process.execPath,
    ['--import=tsx', join(root, 'test', 'bench', 'index.ts'), ...process.argv.slice(2)],
    {
      cwd: root,
      env: cleanEnv({ DAEMON_HEALTH_BENCH_NODE: node }),
      show: true,
    },
  );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

/** The extension as it ships, and the programs of the benchmark that run elsewhere than in this process. */
async function build() {
  await run(process.execPath, ['esbuild.js', '--production'], { cwd: root });
  rmSync(benchDir, { recursive: true, force: true });
  mkdirSync(join(benchDir, 'extension'), { recursive: true });
  for (const name of ['package.json', 'dist', 'media']) {
    cpSync(join(root, name), join(benchDir, 'extension', name), { recursive: true });
  }
  const old = join(root, 'test', 'fixtures', 'cf91ddc', 'bundle');
  cpSync(old, join(benchDir, 'cf91ddc', 'dist'), { recursive: true });
  cpSync(join(old, 'manifest.json'), join(benchDir, 'cf91ddc', 'package.json'));
  const { build: bundle } = await import('esbuild');
  await bundle({
    entryPoints: ['server', 'watcher', 'activationInHost'].map((name) =>
      join(root, 'test', 'bench', `${name}.ts`),
    ),
    outdir: benchDir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external: ['vscode', 'undici'],
    logLevel: 'warning',
  });
}
