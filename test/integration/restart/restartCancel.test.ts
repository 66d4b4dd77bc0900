import assert from 'node:assert/strict';
import { join } from 'node:path';
import { findListener, isAlive } from '../../../src/system/processTable';
import { orAborted } from '../../../src/base/wait';
import { until } from '../../support/until';
import { World } from './restartWorld';
import type { Verdict } from '../../../src/health/verdict';

const NEVER = new Promise<never>(() => undefined);

describe('a restart that is cancelled', function () {
  this.timeout(40_000);
  let world: World;
  afterEach(() => world.dispose());

  const state = async () => {
    await world.registry.refresh();
    return world.model.track.verdict;
  };

  it('while the evidence is kept changes nothing', async () => {
    world = await World.create({ keepEvidence: () => NEVER });
    const pid = await world.running(['--never-polls']);
    // What has trouble has evidence: here, an answer that is not a daemon's any more.
    await world.untilUnresponsive();
    world.abortAt(/keeping the evidence/);
    const outcome = await world.restart();
    assert.deepEqual(outcome, {
      daemon: 'test',
      kind: 'cancelled',
      text: 'Restart cancelled: nothing was changed.',
      left: 'unchanged',
    });
    assert.equal((await findListener(world.port))?.pid, pid);
    assert.equal(world.children.length, 1);
    assert.notEqual((await state()).state, 'restarting');
  });

  it('while the daemon was asked by its API leaves it to that, and is no outage', async () => {
    world = await World.create();
    const pid = await world.running(['--as-dispatchd', join(world.folder, 'state')]);
    world.abortAt(/before it is sent SIGTERM/);
    const outcome = await world.restart();
    assert.equal(
      outcome.text,
      'Restart cancelled: the old process was asked to stop and may still be ending. Nothing was started.',
    );
    assert.equal(await isAlive(pid), true, 'it got no signal');
    process.kill(pid, 'SIGKILL');
    await until(() => world.children[0]!.exitCode !== null || world.children[0]!.signalCode !== null);
    assert.deepEqual(reasonOf(await state()), ['offline', 'stoppedByUs']);
  });

  it('in the grace time spares the process the force', async () => {
    world = await World.create();
    const pid = await world.running(['--ignore-sigterm']);
    world.abortAt(/waiting for \d+ to end, 9 s before it is killed/);
    const outcome = await world.restart();
    assert.match(outcome.text, /asked to stop and may still be ending\. Nothing was started/);
    assert.deepEqual(world.waits, [`waiting for ${pid} to end, 9 s before it is killed`]);
    assert.equal(await isAlive(pid), true);
    assert.equal(world.children.length, 1);
    assert.equal((await state()).state, 'healthy', 'it goes on');
  });

  it('while the port is not free leaves it stopped, and is no outage', async () => {
    world = await World.create();
    const pid = await world.running(['--successor-ms', '1500']);
    world.abortAt(/waiting for port/);
    const outcome = await world.restart();
    assert.equal(outcome.text, 'Restart cancelled: the old process has ended. Nothing was started.');
    assert.equal(await isAlive(pid), false);
    assert.equal(world.children.length, 1);
    await until(() => world.output.join('').includes('listening'));
    await until(async () => (await findListener(world.port)) === undefined);
    assert.deepEqual(reasonOf(await state()), ['offline', 'stoppedByUs']);
  });

  it('while it is being started leaves it stopped, and is no outage', async () => {
    world = await World.create({ start: (signal) => orAborted(NEVER, signal) });
    await world.running();
    world.abortAt(/starting the daemon/);
    const outcome = await world.restart();
    assert.equal(outcome.text, 'Restart cancelled: the old process has ended. Nothing was started.');
    assert.deepEqual(reasonOf(await state()), ['offline', 'stoppedByUs']);
  });

  it('while it is waited for leaves it running', async () => {
    world = await World.create({ flags: ['--never-polls'] });
    await world.running([]);
    world.abortAt(/waiting for a completed poll cycle/);
    const outcome = await world.restart();
    assert.equal(
      outcome.text,
      'Restart cancelled: the daemon was started. Whether the daemon works was not waited for.',
    );
    await world.listening();
    assert.equal((await findListener(world.port))?.pid, world.children[1]!.pid);
    assert.equal((await state()).state, 'starting');
  });

  it('can be asked for again at once', async () => {
    world = await World.create();
    await world.running();
    world.abortAt(/waiting for port/);
    assert.equal((await world.restart()).kind, 'cancelled');
    const outcome = await world.restart({ signal: new AbortController().signal });
    assert.match(outcome.text, /^test started in/);
  });
});

describe('a stop that is cancelled', function () {
  this.timeout(20_000);
  let world: World;
  afterEach(() => world.dispose());

  it('in the grace time spares the process the force, and says so', async () => {
    world = await World.create();
    const pid = await world.running(['--ignore-sigterm']);
    world.abortAt(/before it is killed/);
    assert.deepEqual(await world.stop(), {
      daemon: 'test',
      kind: 'cancelled',
      pid,
      isAsked: true,
      text: `Stop cancelled: process ${pid} was asked to stop and may still be ending.`,
    });
    assert.equal(await isAlive(pid), true);
  });

  it('before anything was done changes nothing', async () => {
    world = await World.create();
    const pid = await world.running();
    world.abort.abort(new Error('cancelled'));
    assert.equal((await world.stop()).text, 'Stop cancelled: nothing was changed.');
    assert.equal(await isAlive(pid), true);
  });
});

function reasonOf({ state, reason }: Verdict): [string, string] {
  return [state, reason.is];
}
