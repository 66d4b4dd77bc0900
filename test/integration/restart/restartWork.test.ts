import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findListener, isAlive } from '../../../src/system/processTable';
import { World } from './restartWorld';

const LONG = { command: process.execPath, args: ['-e', 'setTimeout(() => {}, 120_000)'] };

async function post(world: World, path: string, body: object = {}): Promise<void> {
  const token = readFileSync(join(world.folder, 'state', 'token'), 'utf8').trim();
  const response = await fetch(`http://127.0.0.1:${world.port}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.ok(response.ok, `${path}: ${response.status}`);
}

/** Polls until this holds of what the daemon said last. */
async function seen(world: World, condition: () => boolean): Promise<void> {
  while (!condition()) {
    await world.registry.refresh();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const sessions = (world: World) => world.model.track.last?.report.sessions ?? [];

describe('a restart of dispatchd', function () {
  this.timeout(60_000);
  let world: World;
  afterEach(() => world.dispose());

  it('has it end itself, also while its poll loop hangs, and says so in the log', async () => {
    world = await World.ofDispatchd('--chaos', '--poll-stale-threshold-ms', '500');
    const pid = await world.running();
    await post(world, '/api/chaos/hang');
    await seen(world, () => world.model.track.verdict.state === 'wedged');
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.deepEqual(world.steps, [
      'keeping the evidence',
      `asking process ${pid} to shut down`,
      `process ${pid} ended by its own API`,
      `waiting for port ${world.port} to be free`,
      'starting the daemon',
      'waiting for a completed poll cycle',
    ]);
    assert.ok(world.log.includes(`[test] restart: process ${pid} ended by its own API`));
    assert.equal((await findListener(world.port))?.pid, world.children[1]!.pid);
  });

  it('counts what it resumed and what it interrupted', async () => {
    world = await World.ofDispatchd('--workers', '3');
    await world.running();
    await post(world, '/api/tasks', { name: 'nightly', kind: 'named', ...LONG });
    await post(world, '/api/tasks', { name: 'again', resumable: true, ...LONG });
    await post(world, '/api/tasks', { name: 'type check', ...LONG });
    await seen(world, () => sessions(world).filter(({ status }) => status === 'running').length === 3);
    const outcome = await world.restart();
    assert.match(outcome.text, /^test restarted in \S+ m?s · 2 sessions resumed, 1 interrupted\.$/);
    assert.ok(outcome.kind === 'cured');
    assert.equal(outcome.work?.interrupted, 1);
    const [record] = (await world.controller.plan(world.model)).records;
    assert.equal(record?.text, outcome.text);
  });

  it('goes on with signals where it does not answer', async () => {
    world = await World.ofDispatchd();
    const pid = await world.running();
    // It accepts connections, says nothing, and no SIGTERM reaches it.
    process.kill(pid, 'SIGSTOP');
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.match(outcome.text, /^test restarted in \d+ s \(the old process was ended by force\)/);
    assert.ok(world.steps.includes(`process ${pid} could not be asked to shut down (no answer within 2 s)`));
    assert.ok(world.steps.includes(`process ${pid} was ended by force`));
    assert.deepEqual(
      world.waits,
      [9, 8, 7, 6, 5, 4, 3, 2, 1].map((s) => `waiting for ${pid} to end, ${s} s before it is killed`),
    );
    assert.equal(await isAlive(pid), false);
  });

  it('goes on with signals where it agrees to end and does not', async () => {
    world = await World.create();
    const pid = await world.running(['--as-dispatchd', join(world.folder, 'state')]);
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.match(world.output.join(''), /POST \/api\/daemon\/shutdown/);
    assert.deepEqual(
      world.waits,
      [4, 3, 2, 1].map((s) => `waiting for ${pid} to end, ${s} s before it is sent SIGTERM`),
    );
    assert.ok(world.steps.includes(`process ${pid} ended on SIGTERM`));
  });

  it('stops it by its API, too, and is then offline without alarm', async () => {
    world = await World.ofDispatchd();
    const pid = await world.running();
    const exit = once(world.children[0]!, 'exit');
    assert.match((await world.stop()).text, /^test stopped in \S+ m?s: process \d+ ended by its own API\.$/);
    assert.deepEqual(await exit, [0, null]);
    assert.equal(await isAlive(pid), false);
    await world.registry.refresh();
    const { state, reason } = world.model.track.verdict;
    assert.deepEqual([state, reason], ['offline', { is: 'stoppedByUs' }]);
    assert.equal((await world.stop()).text, `test does not run: nothing listens on port ${world.port}.`);
  });
});

describe('a restart of a smithy', function () {
  this.timeout(20_000);
  let world: World;
  afterEach(() => world.dispose());

  it('asks no API, which would cure nothing', async () => {
    world = await World.create();
    await world.running();
    await world.restart();
    assert.doesNotMatch(world.output.join(''), /POST/);
  });

  it('counts the sessions that came back under new ids', async () => {
    world = await World.create({ flags: ['--session', 'talk'] });
    await world.running();
    assert.match((await world.restart()).text, /^test restarted in \S+ m?s · 1 session resumed\.$/);
  });

  it('counts the session that did not come back, which the tree lists', async () => {
    world = await World.create({ flags: ['--session', 'another talk'] });
    await world.running(['--session', 'talk']);
    assert.match((await world.restart()).text, /^test restarted in \S+ m?s · 1 session interrupted\.$/);
    assert.equal(world.model.lost?.length, 1);
  });
});

describe('the grace of a daemon that ends its works first', function () {
  this.timeout(60_000);
  let world: World;
  afterEach(() => world.dispose());

  it('is 2 s longer for each of them: six take 12.2 s, as a ductor does', async () => {
    world = await World.create({ flags: ['--works', '6', '--linger-ms', '12200'] });
    const pid = await world.running();
    const outcome = await world.stop();
    assert.match(outcome.text, new RegExp(`^test stopped in 12 s: process ${pid} ended on SIGTERM\\.$`));
    assert.deepEqual(world.steps, [`stopping process ${pid}, which ends its 6 works first, up to 22 s`]);
    assert.equal(world.waits[0], `waiting for ${pid} to end, 9 s before it is killed`);
  });

  it('ends with its last answer', async () => {
    world = await World.create({ flags: ['--works', '6', '--linger-ms', '60000', '--silent-on-term'] });
    await world.running();
    const outcome = await world.stop();
    assert.match(outcome.text, /^test stopped in 1[0-3] s: process \d+ was ended by force\.$/);
  });
});
