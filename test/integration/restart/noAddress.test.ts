import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { DaemonModel } from '../../../src/model/daemonModel';
import type { Target } from '../../../src/model/target';
import { ownersOf, planFor } from '../../../src/restart/plan';
import { isAlive } from '../../../src/system/processTable';
import { notRun } from '../../support/notRun';
import { watchedAt } from '../../support/target';
import { until } from '../../support/until';
import { World } from './restartWorld';
import { saying } from '../../support/spoken';

const TARGET: Target = { kind: 'file', paths: ['/run/x/state.json'] };
/** What is said of a daemon of this name that runs while nothing proves its process. */
function unprovenText(name: string): string {
  return `${name} runs, but no process of this machine is proven to be ${name}: end ${name} where it was started. Nothing was ended.`;
}

/** @param at when it answered, epoch ms */
function answered(pid: number | undefined, at: number, isRunning = true): DaemonModel {
  const report = {
    kind: 'smithy',
    isRunning,
    malformed: [],
    ...(pid !== undefined && { instance: { pid } }),
  };
  return {
    daemon: { name: 'x', ...watchedAt(TARGET), pollIntervalMs: 5_000, configured: true },
    track: {
      last: { report, at: { wallAt: at, monotonicMs: 0, uptimeMs: 0 } },
      sample: { ok: true, report },
      verdict: { state: isRunning ? 'healthy' : 'stopped' },
    },
  } as unknown as DaemonModel;
}

const plan = (model: DaemonModel) => planFor(model, undefined, []);

describe('the process of a daemon without an address', function () {
  this.timeout(20_000);
  let child: ChildProcess;
  let pid: number;

  beforeEach(async () => {
    const program = 'setInterval(() => {}, 1_000); console.log("there")';
    child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout!, 'data');
    pid = child.pid!;
  });
  afterEach(() => child.kill('SIGKILL'));

  it('is the one that the last answer names', async () => {
    const model = answered(pid, Date.now());
    assert.deepEqual(
      (await ownersOf(model)).map((owner) => owner.pid),
      [pid],
    );
    const { owner, ownerIsKnown } = await plan(model);
    assert.equal(owner?.pid, pid);
    assert.equal(ownerIsKnown, process.platform === 'linux');
  });

  const unproven: [what: string, model: (pid: number, running: boolean) => DaemonModel][] = [
    ['began after the answer', (number, running) => answered(number, Date.now() - 60_000, running)],
    ['is not named', (_number, running) => answered(undefined, Date.now(), running)],
  ];
  for (const [what, modelOf] of unproven) {
    it(`is nobody where it ${what}, and nothing is started beside a daemon that runs`, async () => {
      assert.deepEqual(await ownersOf(modelOf(pid, true)), []);
      await assert.rejects(plan(modelOf(pid, true)), saying(unprovenText('x')));
      assert.equal((await plan(modelOf(pid, false))).owner, undefined);
      assert.equal(await isAlive(pid), true);
    });
  }

  it('is nobody once it has ended', async () => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    assert.deepEqual(await ownersOf(answered(pid, Date.now())), []);
  });

  it('is nobody where it has ended and nobody has waited for it', async function () {
    if (process.platform === 'win32') return notRun(this, 'Windows has no zombies');
    const parent = spawn('/bin/sh', ['-c', 'sleep 300 & echo $!; exec sleep 300'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [said] = (await once(parent.stdout, 'data')) as [Buffer];
      const zombie = Number(said.toString());
      assert.equal((await ownersOf(answered(zombie, Date.now())))[0]?.pid, zombie);
      process.kill(zombie, 'SIGKILL');
      await until(async () => !(await isAlive(zombie)));
      assert.deepEqual(await ownersOf(answered(zombie, Date.now())), []);
    } finally {
      parent.kill('SIGKILL');
    }
  });
});

describe('a restart of a daemon without an address, on real processes', function () {
  this.timeout(40_000);
  let world: World;
  const flags: string[] = [];

  beforeEach(async () => {
    flags.length = 0;
    world = await World.create({ target: TARGET, flags });
  });
  afterEach(() => world.dispose());

  /** It names its process in each answer. */
  const naming = () => flags.push('--as-dispatchd', join(world.folder, 'state'));

  it('ends the process that it named, and proves the one that it names then', async () => {
    naming();
    const oldPid = await world.running();
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.equal('process' in outcome && outcome.process?.pid, world.children[1]!.pid);
    assert.equal(await isAlive(oldPid), false);
    assert.deepEqual(world.steps, [
      `stopping process ${oldPid}`,
      `process ${oldPid} ended on SIGTERM`,
      'starting the daemon',
      'waiting for a completed poll cycle',
    ]);
  });

  it('starts one that does not run', async () => {
    naming();
    await world.registry.refresh();
    assert.match((await world.restart()).text, /^test started in \d/);
    assert.ok(world.log.includes('[test] restart: no process is known, starting it'));
  });

  it('stops the process that it named', async () => {
    naming();
    const pid = await world.running();
    assert.match(
      (await world.stop()).text,
      new RegExp(`^test stopped in .*: process ${pid} ended on SIGTERM\\.$`),
    );
    await world.registry.refresh();
    assert.equal((await world.stop()).text, 'test does not run: no process is known to be this daemon.');
  });

  it('ends nothing and starts nothing where the daemon names no process', async () => {
    const pid = await world.running();
    await assert.rejects(world.restart(), saying(unprovenText('test')));
    assert.equal(await isAlive(pid), true);
    assert.equal(world.children.length, 1);
  });
});
