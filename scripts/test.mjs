/**
 * `npm test`: installs what is missing, builds, checks, and runs the tiers of every run; `-- --tier unit` runs one
 * tier. The tiers `real`, `long` and `pictures` run only when they are named.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './install.mjs';
import { ensureBrowser } from './installBrowser.mjs';
import { ensureVSCodeServer } from './installVSCode.mjs';
import { packageExtension } from './package.mjs';
import { outDir, root } from './paths.mjs';
import { npm, run } from './run.mjs';
import { installExtensions } from './vscodeServer.mjs';

/** Tests wait most of the time: several files at a time keep two cores busy. */
const filesAtATime = (count) => ['--parallel', `--jobs=${count}`];

const tiers = {
  unit: () => mocha('unit', ['--timeout=10000', ...filesAtATime(2)]),
  integration: () => mocha('integration', ['--timeout=20000', '--exit', ...filesAtATime(4)]),
  host: async () => {
    // Shown once it is whole: it runs beside another tier.
    const show = (output) => console.log(`\n== host ==\n${output}`);
    const tests = run(process.execPath, [join(root, 'scripts', 'hostTests.mjs')], {
      cwd: root,
      env: { ...process.env, DAEMON_HEALTH_GREP: values.grep ?? '' },
    });
    await tests.then(show, (error) => {
      show(error.output);
      throw new Error('its tests ended badly');
    });
  },
  drive: () => inBrowser('drive', ['--timeout=120000', ...filesAtATime(3)]),
};
/** Too slow, or in need of too much, for every run. One file at a time: they may measure. */
const namedTiers = {
  /** Real daemons of other makers, which a machine may lack. */
  real: () => mocha('real', ['--timeout=600000', '--exit']),
  /** Every surface in every theme, as `out/screenshots/surface-*.png`, for a person to look at. */
  pictures: () => inBrowser('pictures', ['--timeout=600000']),
  /** Many rounds of what a tier of every run does in few. */
  long: () => mocha('long', ['--timeout=3600000', '--exit']),
};
/** The window of the host tests waits most of the time, so the servers and processes of the integration tests run meanwhile. */
const together = [['unit'], ['integration', 'host'], ['drive']];
const allTiers = { ...tiers, ...namedTiers };
const needsVSCode = ['host', 'drive', 'pictures'];

const { values } = parseArgs({ options: { tier: { type: 'string' }, grep: { type: 'string' } } });
if (values.tier && !(values.tier in allTiers)) {
  console.error(`There is no tier ${values.tier}, only ${Object.keys(allTiers).join(', ')}.`);
  process.exit(2);
}
try {
  process.exitCode = await main(values.tier ? [values.tier] : together.flat());
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function main(names) {
  const startedAt = performance.now();
  mkdirSync(outDir, { recursive: true });
  await ensureDependencies();
  const broken = [];
  // Beside what waits most of the time: the network, servers and processes. The browser wants the machine for itself.
  const checking = values.tier ? undefined : check();
  if (names.some((name) => needsVSCode.includes(name))) {
    await Promise.all([ensureVSCodeServer(), ensureBrowser()]);
  }
  heading('build');
  await run(process.execPath, ['esbuild.js', '--production'], { cwd: root, show: true });

  const results = [];
  for (const group of values.tier ? [names] : together) {
    if (group.includes('drive') && (await checking) === false) broken.push('check');
    heading(group[0]);
    results.push(...(await Promise.all(group.map(runTier))));
  }

  heading(`done in ${seconds(startedAt)} s`);
  for (const { name, passed, failed, notRun, tookSeconds, trouble } of results) {
    const left = notRun.length > 0 ? `, ${notRun.length} not run` : '';
    console.log(
      `${name.padEnd(6)} ${passed} passed, ${failed} failed${left} (${tookSeconds} s)${trouble ? `: ${trouble}` : ''}`,
    );
    if (trouble) broken.push(name);
  }
  for (const title of results.flatMap(({ notRun }) => notRun)) console.log(`not run: ${withReason(title)}`);
  // Again at the end: a record of a run that is cut keeps its last lines.
  for (const failure of results.flatMap(({ failures }) => failures)) console.log(`failed: ${failure}`);
  if (broken.length > 0) console.log(`not passed: ${broken.join(', ')}`);
  console.log(counts(total(results)));
  return broken.length > 0 ? 1 : 0;
}

/** Types, lint, dead exports and format; shown once it is whole. @returns whether all is well */
async function check() {
  const startedAt = performance.now();
  const show = (output) => console.log(`\n== check (${seconds(startedAt)} s) ==\n${output}`);
  return npm(['run', '--silent', 'check'], { cwd: root }).then(
    (output) => (show(output), true),
    (error) => (show(error.output ?? error.message), false),
  );
}

/** Runs one tier; `trouble` says why it does not count as passed. */
async function runTier(name) {
  const startedAt = performance.now();
  rmSync(resultsFile(name), { force: true });
  let error;
  try {
    await allTiers[name]();
  } catch (caught) {
    error = caught;
  }
  const result = readResults(name);
  let trouble;
  if (result.failed > 0) trouble = `${result.failed} failed`;
  else if (result.passed === 0) trouble = error ? error.message : 'no test ran';
  else if (error) trouble = `ended badly after its tests: ${error.message}`;
  return { name, ...result, trouble, tookSeconds: seconds(startedAt) };
}

/** Each file has a VS Code and a browser of its own; the extension is installed once for all of them. */
async function inBrowser(tier, options) {
  // Kept out of `dist`, which every build wipes.
  const vsix = await packageExtension(join(outDir, 'daemon-health.vsix'));
  const installed = join(outDir, 'drive');
  rmSync(installed, { recursive: true, force: true });
  await installExtensions({
    serverDataDir: installed,
    extensions: [vsix],
    env: { EXTENSIONS_GALLERY: '{}' },
  });
  await mocha(tier, ['--exit', ...options], {
    DAEMON_HEALTH_VSIX: vsix,
    DAEMON_HEALTH_INSTALLED: installed,
  });
}

/** Runs `test/<tier>` in Node.js; the counts go to the tier's results file. */
async function mocha(tier, options, env = {}) {
  const files = testFiles(tier);
  if (files.length === 0) throw new Error(`There is no test file in test/${tier}`);
  await run(
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
      ...files,
    ],
    { cwd: root, env: { ...process.env, ...env }, show: true },
  );
}

/**
 * The test files of a tier, the largest first: it takes long as a rule, and a long file that starts last runs on alone.
 */
function testFiles(tier) {
  const folder = join(root, 'test', tier);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name))
    .sort((a, b) => statSync(b).size - statSync(a).size);
}

function resultsFile(tier) {
  return join(outDir, 'results', `${tier}.json`);
}

function readResults(tier) {
  try {
    return JSON.parse(readFileSync(resultsFile(tier), 'utf8'));
  } catch {
    return { passed: 0, failed: 0, failures: [], notRun: [] };
  }
}

function total(results) {
  const sum = (field) => results.reduce((all, result) => all + result[field], 0);
  return {
    passed: sum('passed'),
    failed: sum('failed'),
    skipped: results.flatMap(({ notRun }) => notRun).length,
  };
}

function counts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** `notRun` of `test/support/notRun.ts` puts the reason at the end of the title. */
function withReason(title) {
  const [, name, reason] = / *(.*) \(not run: (.*)\)$/.exec(title) ?? [
    undefined,
    title,
    'no reason was given',
  ];
  return `${name}: ${reason}`;
}

function seconds(startedAt) {
  return ((performance.now() - startedAt) / 1000).toFixed(0);
}

function heading(text) {
  console.log(`\n== ${text} ==`);
}
