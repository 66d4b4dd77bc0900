import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findListener, isAlive } from '../../src/restart/processes';
import { freePort } from '../support/freePort';

const LAUNCHER = join(__dirname, '..', '..', 'src', 'restart', 'launcher.ts');
const DAEMON = join(__dirname, '..', 'fixtures', 'daemons', 'daemon.mjs');

describe('a daemon launched in the background', function () {
  this.timeout(30_000);
  let folder: string;
  let port: number;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'daemon health "launch" '));
    port = await freePort();
  });
  afterEach(async () => {
    const listener = await findListener(port);
    if (listener) process.kill(listener.pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  function launch(timeoutMs: number, ...command: string[]): ChildProcess {
    const args = ['--url', `http://127.0.0.1:${port}`, '--log', join(folder, 'daemon.log')];
    return spawn(
      process.execPath,
      ['--import', 'tsx', LAUNCHER, ...args, '--timeout-ms', String(timeoutMs), ...command],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
  }

  async function ended(launcher: ChildProcess): Promise<{ code: number; output: string }> {
    let output = '';
    launcher.stdout!.on('data', (chunk) => (output += String(chunk)));
    const [code] = (await once(launcher, 'close')) as [number];
    return { code, output };
  }

  it('outlives its launcher, which shows its log until it is healthy', async () => {
    const { code, output } = await ended(
      launch(20_000, '--', process.execPath, DAEMON, '--port', String(port)),
    );
    assert.equal(code, 0, output);
    assert.match(output, /listening/);
    assert.match(output, /runs in the background/);
    const listener = await findListener(port);
    assert.ok(listener && (await isAlive(listener.pid)));
  });

  it('is started by a shell line with quotes and spaces in its folder', async () => {
    const line = `"${process.execPath}" "${DAEMON}" --port ${port}`;
    const { code, output } = await ended(launch(20_000, '--shell', '--', line));
    assert.equal(code, 0, output);
  });

  it('that ends at once fails the launcher, with its output and exit code', async () => {
    const { code, output } = await ended(
      launch(20_000, '--', process.execPath, '-e', 'console.log("no database"); process.exit(4)'),
    );
    assert.equal(code, 1);
    assert.match(output, /no database/);
    assert.match(output, /ended with exit code 4/);
  });

  it('that does not exist fails the launcher', async () => {
    const { code, output } = await ended(launch(20_000, '--', 'no-such-daemon-anywhere'));
    assert.equal(code, 1);
    assert.match(output, /ENOENT/);
  });

  it('that never completes a cycle is left running and reported', async () => {
    const { code, output } = await ended(
      launch(2_000, '--', process.execPath, DAEMON, '--port', String(port), '--never-polls'),
    );
    assert.equal(code, 1);
    assert.match(output, /not proven to work: it has not completed a poll cycle/);
    assert.ok(await findListener(port));
  });

  it('keeps its log in a file, and the one before it', async () => {
    for (const word of ['first', 'second']) {
      await ended(launch(20_000, '--', process.execPath, '-e', `console.log("${word}"); process.exit(1)`));
    }
    assert.match(readFileSync(join(folder, 'daemon.log'), 'utf8'), /second/);
    assert.match(readFileSync(join(folder, 'daemon.log.1'), 'utf8'), /first/);
  });
});
