import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { findListener } from '../../../src/system/processTable';
import type { Plan } from '../../../src/restart/plan';
import { isThere } from '../../../src/restart/stop';
import { until } from '../../support/until';
import { DAEMON, World } from './restartWorld';

describe('what started a daemon again the last time that it was ended', function () {
  this.timeout(90_000);
  let world: World;
  let shell: ChildProcess;
  let started: number;

  before(function () {
    if (process.platform !== 'linux') this.skip();
  });
  afterEach(async () => {
    shell.kill('SIGKILL');
    await world.dispose();
  });

  /** A daemon in a loop that was typed into a shell: its command line tells of none. */
  async function inTypedLoop(): Promise<void> {
    started = 0;
    world = await World.create({
      start: (_signal, env) => {
        started++;
        return Promise.resolve(
          world.run([process.execPath, DAEMON, '--port', String(world.port)], {
            env: { ...process.env, ...env },
          }),
        );
      },
    });
    shell = spawn('/bin/sh', [], { stdio: ['pipe', 'ignore', 'ignore'] });
    shell.stdin!.write(
      `while true; do "${process.execPath}" "${DAEMON}" --port ${world.port}; sleep 1; done\n`,
    );
    await listening();
    await world.registry.refresh();
  }
  const listening = () =>
    until(async () => (await findListener(world.port)) !== undefined, 'a listener', 20_000);
  const plan = () => world.controller.plan(world.model);

  it('is not known before, is named in the next plan, and is then what restarts the daemon', async () => {
    await inTypedLoop();
    assert.equal((await plan()).supervisor, undefined, 'a shell that a person types in starts nobody again');
    const first = await world.stop();
    assert.equal(first.kind, 'stopped', first.text);

    let next: Plan | undefined;
    await until(
      async () => {
        await world.registry.refresh();
        // In the moment of its start nobody is known to hold the port.
        next = await plan().catch(() => undefined);
        return next?.supervisor !== undefined;
      },
      'a keeper in the plan',
      30_000,
    );
    assert.match(next!.supervisor!.name, new RegExp(`^process ${shell.pid} \\(/bin/sh\\)$`));
    const { afterMs } = next!.supervisor!.lastTime!;
    assert.ok(afterMs >= 0 && afterMs < 30_000, String(afterMs));

    const old = next!.owner!.pid;
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.equal(started, 0, 'never two');
    assert.notEqual((await findListener(world.port))!.pid, old);
    assert.ok(
      world.steps.some(
        (step) => step === `waiting for process ${shell.pid} (/bin/sh) to start the daemon again`,
      ),
    );
    assert.ok((await plan()).supervisor?.lastTime, 'it happened again');
  });

  it('is forgotten once it did not happen', async () => {
    await inTypedLoop();
    const { id } = world.model.daemon;
    await world.keepers.set(id, { at: Date.now(), afterMs: 100 });
    assert.equal((await plan()).supervisor?.name, 'something');
    // Nothing starts it again any more, and the daemon is no child of the loop.
    shell.kill('SIGKILL');
    const planned = await plan();
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.equal(started, 1, 'what does not come is not waited for for ever');
    assert.equal(await isThere(planned.owner!), false);
    assert.equal(await world.keepers.of(id), undefined);
  });

  it('is none where it is gone, or where the daemon is not its child', async () => {
    await inTypedLoop();
    const { id } = world.model.daemon;
    const by = { pid: process.pid, commandLine: 'sh', startedAtMs: 0, startTicks: 1 };
    await world.keepers.set(id, { at: 1, afterMs: 100, by });
    assert.equal((await plan()).supervisor, undefined);
  });
});
