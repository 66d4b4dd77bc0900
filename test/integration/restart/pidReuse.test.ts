import assert from 'node:assert/strict';
import { restartStepText } from '../../../src/words/restartSteps';
import type { RestartStep } from '../../../src/model/restartStep';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { isAlive } from '../../../src/system/processTable';
import type { Plan } from '../../../src/restart/plan';
import { REUSE, spawnAs } from '../../support/reusedPid';
import { DAEMON, World } from './restartWorld';
import { saying, spoken, spokenStop } from '../../support/spoken';

describe(`a process that ended while the user was thinking (${REUSE})`, function () {
  this.timeout(40_000);
  let world: World;
  const others: ChildProcess[] = [];
  const work = () => ({
    signal: world.abort.signal,
    onStep: (step: RestartStep) => world.steps.push(restartStepText(step)),
  });

  beforeEach(async () => (world = await World.create()));
  afterEach(async () => {
    for (const other of others.splice(0)) other.kill('SIGKILL');
    await world.dispose();
  });

  /** A plan for a daemon that has ended since, and whose number now belongs to another program. */
  async function planOfTheDead(command = 'sleep', args: readonly string[] = ['300']): Promise<Plan> {
    const pid = await world.running();
    const plan = await world.controller.plan(world.model);
    const gone = once(world.children[0]!, 'exit');
    process.kill(pid, 'SIGKILL');
    await gone;
    const other = await spawnAs(pid, command, args);
    others.push(other ?? spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] }));
    if (other) return plan;
    const { startTicks = 1, ...owner } = plan.owner! as {
      startTicks?: number;
      pid: number;
      name: string;
      commandLine: string;
      isOurs: boolean;
    };
    return { ...plan, owner: { ...owner, pid: others[0]!.pid!, startTicks: startTicks - 1 } };
  }

  it('is not ended again by a restart: who has its number now lives on', async () => {
    const plan = await planOfTheDead();
    const outcome = spoken(await world.controller.restart(plan, work()));
    assert.equal(await isAlive(plan.owner!.pid), true, 'the stranger lives');
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.match(outcome.text, /\(the old process had ended already; nothing was ended\)/);
  });

  it('is not ended again by a stop, which says so', async () => {
    const plan = await planOfTheDead();
    const { text } = spokenStop(await world.controller.stop(plan, work()));
    assert.equal(await isAlive(plan.owner!.pid), true, 'the stranger lives');
    assert.equal(text, `test does not run: process ${plan.owner!.pid} had ended already. Nothing was ended.`);
  });

  it('is not mistaken for who has its number and its port now', async () => {
    const plan = await planOfTheDead(process.execPath, [DAEMON, '--port', String(world.port)]);
    await once(others[0]!.stdout!, 'data');
    const outcome = spoken(await world.controller.restart(plan, work()));
    assert.equal(await isAlive(plan.owner!.pid), true, 'the stranger lives');
    assert.match(
      outcome.text,
      /held by another process now, \d+ .* Nothing was ended and nothing was started/,
    );
    await assert.rejects(
      world.controller.stop(plan, work()),
      saying(/held by another process now.* Nothing was ended/),
    );
    assert.equal(await isAlive(plan.owner!.pid), true, 'the stranger lives');
  });
});

describe('a process that lives on without its port', function () {
  this.timeout(40_000);
  let world: World;
  beforeEach(async () => (world = await World.create({ flags: ['--deaf-on-usr2'] })));
  afterEach(() => world.dispose());

  it('is not ended: nobody listens, and the user agreed to end who does', async () => {
    const pid = await world.running();
    const plan = await world.controller.plan(world.model);
    process.kill(pid, 'SIGUSR2');
    await world.said('deaf');
    const work = { signal: world.abort.signal, onStep: () => undefined };
    const words = new RegExp(
      `Process ${pid} \\(.*\\) does not listen on port ${world.port} any more, but still runs\\. Nothing was ended`,
    );
    const outcome = spoken(await world.controller.restart(plan, work));
    assert.equal(await isAlive(pid), true);
    assert.equal(outcome.kind, 'failed');
    assert.match(outcome.text, words);
    assert.match(outcome.text, /Nothing was ended and nothing was started\.$/);
    await assert.rejects(world.controller.stop(plan, work), saying(words));
    assert.equal(await isAlive(pid), true);
  });
});
