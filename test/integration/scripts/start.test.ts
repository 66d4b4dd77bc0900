import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { demoPaths } from '../../../scripts/demo.mjs';
import { runningDispatchd } from '../../../scripts/dispatchd.mjs';
import { root } from '../../../scripts/paths.mjs';
import { freePort } from '../../support/freePort';
import { until } from '../../support/until';

const WITHIN_MS = 60_000;

/** `npm start` with these flags. */
class Start {
  output = '';
  readonly child: ChildProcess;

  constructor(...flags: readonly string[]) {
    this.child = spawn(process.execPath, [join(root, 'scripts', 'start.mjs'), ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // The other tests use what is built: it is not built anew beside them.
      env: { ...process.env, DAEMON_HEALTH_BUILT: '1' },
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk) => (this.output += String(chunk)));
  }

  async says(text: string): Promise<void> {
    const isOver = () => this.child.exitCode !== null;
    await until(() => this.output.includes(text) || isOver(), text, WITHIN_MS);
    assert.ok(this.output.includes(text), this.output);
  }

  /** @returns its exit code */
  async end(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal) this.child.kill(signal);
    if (this.child.exitCode === null) await once(this.child, 'close');
    return this.child.exitCode;
  }
}

describe('npm start, on a machine on which none runs', function () {
  this.timeout(180_000);
  let port: number;
  let started: Start | undefined;

  beforeEach(async () => (port = await freePort()));

  afterEach(async () => {
    await started?.end('SIGINT');
    started = undefined;
    rmSync(demoPaths(port).dir, { recursive: true, force: true });
  });

  const run = (...flags: readonly string[]) => new Start(...flags, '--port', String(port));

  async function isStale(): Promise<boolean> {
    const answer = await fetch(`http://127.0.0.1:${port}/api/daemon/status`);
    return ((await answer.json()) as { health: { pollStale: boolean } }).health.pollStale;
  }

  it('with --hang starts its daemon, then makes it hang; --release lets it go on; Ctrl+C ends all', async () => {
    started = run('--hang', '--no-window');
    await started.says('Hung.');
    await started.says('Daemon Health is running.');
    await until(isStale, 'a hang', WITHIN_MS);
    const release = run('--release');
    assert.equal(await release.end(), 0, release.output);
    await until(async () => !(await isStale()), 'a cycle', WITHIN_MS);
    assert.equal(await started.end('SIGINT'), 0, started.output);
    assert.equal(await runningDispatchd(demoPaths(port).stateDir), undefined);
  });

  for (const [flag, says] of [
    ['--release', 'there is nothing to let go on'],
    ['--stop', 'there is nothing to stop'],
    ['--help', 'npm start -- --hang'],
  ] as const) {
    it(`with ${flag} says so and is well`, async () => {
      const once = run(flag);
      assert.equal(await once.end(), 0, once.output);
      assert.ok(once.output.includes(says), once.output);
    });
  }

  it('twice at once runs once, and goes on without the daemon that it started', async () => {
    const both = [run('--no-window'), run('--no-window')];
    [started] = both;
    const isSettled = ({ output, child }: Start) =>
      output.includes('Daemon Health is running') || child.exitCode !== null;
    await until(() => both.every(isSettled), 'both to have started or ended', WITHIN_MS);
    const [refused, running] = both.sort((one, other) => one.output.length - other.output.length);
    started = running;
    assert.match(
      refused!.output,
      /^(Waiting for .*\n)?A dispatchd of npm start already runs on port \d+ .*\n$/,
    );
    assert.equal(await refused!.end(), 1);
    assert.equal(await isStale(), false, 'that of the other goes on');
    const { stateDir } = demoPaths(port);
    process.kill((await runningDispatchd(stateDir))!, 'SIGKILL');
    await until(async () => (await runningDispatchd(stateDir)) === undefined, 'its end', WITHIN_MS);
    assert.equal(await running!.end('SIGINT'), 0, 'whoever restarts it, Ctrl+C ends all');
  });

  it('with a flag that it does not know says which there are', async () => {
    const once = run('--hangs');
    assert.equal(await once.end(), 1);
    assert.match(once.output, /--hangs[\s\S]*npm start -- --hang/);
  });
});
