import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../scripts/paths.mjs';
import { isPidAlive } from '../../../src/system/identity';
import { until } from '../../support/until';

const PROGRAM = join(root, 'dist', 'demo.js');
const DISPATCHD = join(root, 'dist', 'dispatchd.js');
const WITHIN_MS = 60_000;

interface Demo {
  readonly program: ChildProcess;
  readonly url: string;
  readonly folder: string;
}

interface InstanceFile {
  readonly pid: number;
  readonly argv: readonly string[];
}

describe('the demo of a hang', function () {
  this.timeout(120_000);
  let home: string;
  const started: ChildProcess[] = [];

  beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'daemon-health-demos-'))));

  afterEach(async () => {
    for (const child of started.splice(0)) {
      child.stdin?.end();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    rmSync(home, { recursive: true, force: true });
  });

  async function show(...flags: readonly string[]): Promise<Demo> {
    const program = spawn(
      process.execPath,
      [PROGRAM, '--home', home, ...flags, '--', process.execPath, DISPATCHD],
      { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } },
    );
    started.push(program);
    const [line] = (await once(program.stdout, 'data')) as [Buffer];
    return { program, ...(JSON.parse(line.toString('utf8')) as Pick<Demo, 'url' | 'folder'>) };
  }

  const instanceOf = ({ folder }: Demo) =>
    JSON.parse(readFileSync(join(folder, 'state', 'instance.json'), 'utf8')) as InstanceFile;

  async function isStale({ url }: Demo): Promise<boolean> {
    const answer = await fetch(`${url}/api/daemon/status`);
    const { health } = (await answer.json()) as { health: { pollStale: boolean } };
    return health.pollStale;
  }

  async function isOver({ program, folder }: Demo, pid: number): Promise<void> {
    if (program.exitCode === null) await once(program, 'exit');
    assert.equal(program.exitCode, 0);
    assert.equal(isPidAlive(pid), false, 'its daemon is gone');
    assert.equal(existsSync(folder), false, 'its folder is gone');
    assert.deepEqual(readdirSync(home), []);
  }

  /** As a restart does: another process with the flags of the first one, not a child of the demo. */
  async function restart(demo: Demo): Promise<number> {
    const { pid, argv } = instanceOf(demo);
    process.kill(pid, 'SIGTERM');
    await until(() => !isPidAlive(pid), 'the end of the first daemon', WITHIN_MS);
    const child = spawn(process.execPath, [DISPATCHD, ...argv], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    return child.pid!;
  }

  it('is healthy, hangs by itself, and is well after a restart; it goes with who started it', async () => {
    const demo = await show();
    assert.equal(await isStale(demo), false);
    await until(() => isStale(demo), 'a hang', WITHIN_MS);
    const pid = await restart(demo);
    assert.equal(await isStale(demo), false);
    demo.program.stdin!.end();
    await isOver(demo, pid);
  });

  it('ends by itself after a bounded time, and leaves nothing that a restart starts too late', async () => {
    const demo = await show('--for-ms', '1500');
    const { pid, argv } = instanceOf(demo);
    await isOver(demo, pid);
    const late = spawn(process.execPath, [DISPATCHD, ...argv], { stdio: 'ignore' });
    await once(late, 'exit');
    assert.equal(late.exitCode, 2, 'its workspace is not there');
    assert.equal(existsSync(demo.folder), false);
  });

  it('is removed by the next one where it was killed, and only then', async () => {
    const [killed, other] = [await show(), await show()];
    assert.notEqual(killed.url, other.url);
    const pids = [killed, other].map((demo) => instanceOf(demo).pid);
    killed.program.kill('SIGKILL');
    await once(killed.program, 'exit');
    assert.equal(isPidAlive(pids[0]!), true, 'nobody ended its daemon');
    const next = await show();
    await until(() => !existsSync(killed.folder), 'the end of what was left', WITHIN_MS);
    assert.equal(isPidAlive(pids[0]!), false);
    assert.equal(await isStale(other), false, 'the other one runs on');
    for (const demo of [other, next]) {
      const { pid } = instanceOf(demo);
      demo.program.stdin!.end();
      await once(demo.program, 'exit');
      assert.equal(isPidAlive(pid), false);
    }
    assert.deepEqual(readdirSync(home), []);
  });
});
