import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Offspring, OutlivingAnswer } from '../../../src/model/outliving';
import { describeProcess, findListener, isAlive } from '../../../src/system/processTable';
import { isThere } from '../../../src/restart/stop';
import { until } from '../../support/until';
import { DAEMON, World, type WorldOptions } from './restartWorld';

describe('what a daemon had started and what outlives the daemon', function () {
  this.timeout(60_000);
  let world: World;
  let folder: string;
  let agents: number[];
  let asked: (readonly Offspring[])[];
  /** The agents that ran when the daemon was started again. */
  let atStart: boolean[] | undefined;

  before(function () {
    // Linux alone keeps the words apart by which the test knows its agents; macOS is played in test/unit/system.
    if (process.platform !== 'linux') this.skip();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-health-outliving-'));
    agents = [];
    asked = [];
    atStart = undefined;
  });
  afterEach(async () => {
    await world.dispose();
    for (const agent of agents) if (await isAlive(agent)) process.kill(agent, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  /** A daemon with agents in groups of their own; the one that is started instead has none. */
  async function running(count: number, flags: readonly string[] = [], options: WorldOptions = {}) {
    world = await World.create({
      start: async (_signal, env) => {
        atStart = await Promise.all(agents.map((agent) => isAlive(agent)));
        return world.run([process.execPath, DAEMON, '--port', String(world.port)], {
          env: { ...process.env, ...env },
        });
      },
      ...options,
    });
    await world.running(['--agents', String(count), ...flags]);
    agents = [...world.output.join('').matchAll(/agent (\d+);/g)].map(([, pid]) => Number(pid));
    assert.equal(agents.length, count);
  }
  const answering = (answer: OutlivingAnswer | undefined) => (left: readonly Offspring[]) => {
    asked.push(left);
    return Promise.resolve(answer);
  };
  const alive = () => Promise.all(agents.map((agent) => isAlive(agent)));

  it('is named before the start, and ended where the user says so', async () => {
    await running(2);
    const outcome = await world.restart({ askOutliving: answering('end') });
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.deepEqual(
      asked.map((left) => left.map(({ pid, name }) => `${name} ${pid}`)),
      [agents.map((agent) => `sleep ${agent}`)],
    );
    assert.deepEqual(atStart, [false, false], 'ended before the daemon is started');
    assert.match(outcome.text, /\. 2 processes that test had started were ended\.$/);
  });

  it('goes on where the user says so, and is named in the outcome', async () => {
    await running(1);
    const outcome = await world.restart({ askOutliving: answering('leave') });
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.deepEqual(await alive(), [true]);
    assert.ok(
      outcome.text.endsWith(` 1 process that test had started still runs: sleep (${agents[0]}).`),
      outcome.text,
    );
  });

  it('keeps the daemon from being started where the user wants neither', async () => {
    await running(1);
    const outcome = await world.restart({ askOutliving: answering(undefined) });
    assert.equal(
      outcome.text,
      `Restart cancelled: the old process has ended. Nothing was started. 1 process that test had started still runs: sleep (${agents[0]}).`,
    );
    assert.deepEqual([atStart, await findListener(world.port)], [undefined, undefined]);
    assert.equal(world.model.track.verdict.state, 'offline', 'stopped through us is no outage');
  });

  it('does not hold the daemon for ever where nobody answers', async () => {
    await running(1);
    let late: (answer: OutlivingAnswer) => void = () => undefined;
    const outcome = await world.restart({
      askOutliving: () => new Promise((resolve) => (late = resolve)),
      answerTimeoutMs: 300,
    });
    assert.equal(outcome.kind, 'cancelled', outcome.text);
    assert.match(outcome.text, /No answer came to the question what to do with these processes\.$/);
    late('end');
    assert.deepEqual(await alive(), [true], 'a late answer does nothing');
    const again = await world.restart();
    assert.equal(again.kind, 'cured', again.text);
  });

  it('ends the waiting for an answer with the restart', async () => {
    await running(1);
    world.abortAt(/asking about 1 process/);
    const outcome = await world.restart({ askOutliving: () => new Promise<never>(() => undefined) });
    assert.match(
      outcome.text,
      /^Restart cancelled: the old process has ended\. Nothing was started\. 1 process/,
    );
  });

  it('is known where the daemon ends by itself while the question is open', async () => {
    await running(1);
    const plan = await world.controller.plan(world.model);
    process.kill(plan.owner!.pid, 'SIGKILL');
    await until(async () => !(await isThere(plan.owner!)));
    const outcome = await world.controller.restart(plan, {
      signal: world.abort.signal,
      onStep: () => undefined,
      askOutliving: answering('end'),
    });
    assert.equal(outcome.kind, 'cured');
    assert.deepEqual([asked.length, atStart], [1, [false]]);
  });

  it('is told only, where no work would go on: the daemon ends its work and has none', async () => {
    await running(1, ['--as-dispatchd', join(folder, 'state')]);
    const outcome = await world.restart({ askOutliving: answering('end') });
    assert.deepEqual(asked, []);
    assert.match(outcome.text, /1 process that test had started still runs: sleep \(\d+\)\.$/);
  });

  it('is named after a stop', async () => {
    await running(1);
    const outcome = await world.stop();
    assert.match(
      outcome.text,
      /^test stopped in .*\. 1 process that test had started still runs: sleep \(\d+\)\.$/,
    );
    assert.ok(outcome.kind === 'stopped' && outcome.is === 'ended');
    assert.deepEqual(await world.controller.endOutliving(world.model.daemon.id, outcome.outlived!.left), []);
    assert.deepEqual(await alive(), [false]);
  });

  it('is not ended where another process has its number by now', async () => {
    await running(1);
    const { startTicks = 0, ...rest } = await describeProcess(agents[0]!);
    const other: Offspring = { ...rest, name: 'sleep', startTicks: startTicks - 1 };
    assert.deepEqual(await world.controller.endOutliving(world.model.daemon.id, [other]), []);
    assert.deepEqual(await alive(), [true]);
  });

  it('is not asked about where a loop starts the daemon again at once', async () => {
    const command: string[] = [];
    world = await World.create({ command });
    const daemon = `"${process.execPath}" "${DAEMON}" --port ${world.port}`;
    const file = join(world.folder, 'run.sh');
    writeFileSync(file, `${daemon} --agents 1\nwhile true; do ${daemon}; sleep 1; done`);
    command.push('/bin/sh', file);
    await world.running();
    agents = [...world.output.join('').matchAll(/agent (\d+);/g)].map(([, pid]) => Number(pid));
    const outcome = await world.restart({ askOutliving: answering('end') });
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.deepEqual(asked, []);
    assert.match(outcome.text, /1 process that test had started still runs: sleep \(\d+\)\.$/);
  });

  it('is planned with: what is in a group of its own is likely to go on', async () => {
    await running(1, ['--child']);
    const { family } = await world.controller.plan(world.model);
    assert.ok(family && family !== 'notKnown');
    assert.deepEqual(family.map(({ name, isApart }) => `${name} ${isApart}`).sort(), [
      'node false',
      'sleep true',
    ]);
    for (const { pid, name } of family) if (name === 'node') agents.push(pid);
  });
});
