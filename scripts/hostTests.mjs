import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir, outDir, root } from './paths.mjs';
import { vscodeVersion } from './installVSCode.mjs';

const hostDir = join(outDir, 'host');

/** Builds `test/host` and runs it in the extension host of a VS Code; throws when a test fails. */
export async function runHostTests() {
  await buildHostTests();
  const { runTests } = await import('@vscode/test-electron');
  rmSync(join(outDir, 'results', 'host.json'), { force: true });
  const folder = makeWorkspace();
  try {
    await runTests({
      vscodeExecutablePath: await vscodeExecutable(),
      extensionDevelopmentPath: root,
      extensionTestsPath: join(hostDir, 'index.js'),
      launchArgs: [folder],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function buildHostTests() {
  const { build } = await import('esbuild');
  rmSync(hostDir, { recursive: true, force: true });
  const source = join(root, 'test', 'host');
  await build({
    entryPoints: readdirSync(source, { recursive: true })
      .filter((file) => file === 'index.ts' || file.endsWith('.test.ts'))
      .map((file) => join(source, file)),
    outdir: hostDir,
    outbase: source,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}

/** The folder that is open while the tests run. */
function makeWorkspace() {
  const folder = mkdtempSync(join(tmpdir(), 'daemon-health-workspace-'));
  writeFileSync(join(folder, 'README.md'), '# The folder that is open in the host tests\n');
  return folder;
}

/** A desktop VS Code where there is a screen for it and a download works, else what takes its place. */
async function vscodeExecutable() {
  const standIn = fileURLToPath(new URL('desktopStandIn.mjs', import.meta.url));
  if (!desktopWanted()) return standIn;
  const { downloadAndUnzipVSCode } = await import('@vscode/test-electron');
  try {
    return await downloadAndUnzipVSCode({ version: vscodeVersion(), cachePath: cacheDir, timeout: 15_000 });
  } catch (error) {
    console.log(`No desktop VS Code (${error.message}): the tests run in a VS Code server.`);
    return standIn;
  }
}

function desktopWanted() {
  const { DAEMON_HEALTH_DESKTOP: wish, DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (wish) return wish === '1';
  return process.platform !== 'linux' || Boolean(DISPLAY || WAYLAND_DISPLAY);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runHostTests().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
