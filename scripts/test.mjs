/** `npm test`: installs what is missing, builds, checks, and runs every tier, or one with `-- --tier unit`. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './install.mjs';
import { ensureBrowser } from './installBrowser.mjs';
import { ensureVSCodeServer } from './installVSCode.mjs';
import { packageExtension } from './package.mjs';
import { outDir, root } from './paths.mjs';
import { npm, run } from './run.mjs';

const tiers = {
  unit: () => mocha('unit', ['--timeout=10000']),
  http: () => mocha('http', ['--timeout=20000', '--exit']),
  host: () =>
    run(process.execPath, [join(root, 'scripts', 'hostTests.mjs')], {
      cwd: root,
      env: { ...process.env, DAEMON_HEALTH_GREP: values.grep ?? '' },
      show: true,
    }),
  drive: async () => {
    // Kept out of `dist`, which every build wipes.
    const vsix = await packageExtension(join(outDir, 'daemon-health.vsix'));
    // Each file has a VS Code and a browser of its own, and waits for them most of the time.
    const options = ['--timeout=120000', '--exit', '--parallel', '--jobs=2'];
    await mocha('drive', options, { DAEMON_HEALTH_VSIX: vsix });
  },
};
const needsVSCode = ['host', 'drive'];

const { values } = parseArgs({ options: { tier: { type: 'string' }, grep: { type: 'string' } } });
if (values.tier && !(values.tier in tiers)) {
  console.error(`There is no tier ${values.tier}, only ${Object.keys(tiers).join(', ')}.`);
  process.exit(2);
}
try {
  process.exitCode = await main(values.tier ? [values.tier] : Object.keys(tiers));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function main(names) {
  const startedAt = performance.now();
  mkdirSync(outDir, { recursive: true });
  await ensureDependencies();
  if (names.some((name) => needsVSCode.includes(name))) {
    await ensureVSCodeServer();
    await ensureBrowser();
  }
  heading('build');
  await run(process.execPath, ['esbuild.js', '--production'], { cwd: root, show: true });
  const broken = [];
  if (!values.tier) {
    heading('check');
    await npm(['run', '--silent', 'check'], { cwd: root, show: true }).catch(() => broken.push('check'));
  }

  const results = [];
  for (const name of names) {
    heading(name);
    results.push(await runTier(name));
  }

  heading(`done in ${seconds(startedAt)} s`);
  for (const { name, passed, failed, skipped, tookSeconds, trouble } of results) {
    console.log(
      `${name.padEnd(6)} ${counts({ passed, failed, skipped })} (${tookSeconds} s)${trouble ? `: ${trouble}` : ''}`,
    );
    if (trouble) broken.push(name);
  }
  if (broken.length > 0) console.log(`not passed: ${broken.join(', ')}`);
  console.log(counts(total(results)));
  return broken.length > 0 ? 1 : 0;
}

/** Runs one tier; `trouble` says why it does not count as passed. */
async function runTier(name) {
  const startedAt = performance.now();
  rmSync(resultsFile(name), { force: true });
  let error;
  try {
    await tiers[name]();
  } catch (caught) {
    error = caught;
  }
  const result = readResults(name);
  let trouble;
  if (result.failed > 0) trouble = `${result.failed} failed`;
  else if (result.passed === 0) trouble = 'no test ran';
  else if (error) trouble = `ended badly after its tests: ${error.message}`;
  return { name, ...result, trouble, tookSeconds: seconds(startedAt) };
}

/** Runs `test/<tier>` in Node.js; the counts go to the tier's results file. */
function mocha(tier, options, env = {}) {
  return run(
    process.execPath,
    [
      join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'),
      '--no-config',
      '--node-option=import=tsx',
      '--forbid-only',
      `--reporter=${join(root, 'test', 'reporter.cjs')}`,
      `--reporter-option=counts=${resultsFile(tier)}`,
      ...options,
      ...(values.grep ? [`--grep=${values.grep}`] : []),
      `test/${tier}/**/*.test.ts`,
    ],
    { cwd: root, env: { ...process.env, ...env }, show: true },
  );
}

function resultsFile(tier) {
  return join(outDir, 'results', `${tier}.json`);
}

function readResults(tier) {
  try {
    return JSON.parse(readFileSync(resultsFile(tier), 'utf8'));
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

function total(results) {
  const sum = (field) => results.reduce((all, result) => all + result[field], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

function counts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function seconds(startedAt) {
  return ((performance.now() - startedAt) / 1000).toFixed(0);
}

function heading(text) {
  console.log(`\n== ${text} ==`);
}
