import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/clock';
import type { DaemonModel } from '../../src/daemons/fleet';
import { Fleet } from '../../src/daemons/fleet';
import { createProbe } from '../../src/daemons/probe';
import { RestartController } from '../../src/restart/controller';
import { RestartRecords } from '../../src/restart/records';
import { findListener, isAlive } from '../../src/restart/processes';
import type { StartedCommand } from '../../src/restart/restart';
import { freePort } from '../support/freePort';
import { MemoryMemento } from '../support/memento';
import { untilTrue } from '../support/until';

const DAEMON = join(__dirname, '..', 'fixtures', 'daemons', 'daemon.mjs');

function makeFleet(): Fleet {
  return new Fleet({
    clock: systemClock,
    random: () => 0.5,
    isFocused: () => true,
    createProbe: (origin) => Promise.resolve(createProbe(origin, { requestMs: 2_000, fallbackMs: 500 })),
    recall: () => ({}),
  });
}

function watch(fleet: Fleet, port: number): void {
  const origin = `http://127.0.0.1:${port}`;
  fleet.configure({
    daemons: [{ name: 'test', origin, port, pollIntervalMs: 60_000, configured: true }],
    problems: [],
  });
}

/** A restart in a world of real processes: what was started, and what the daemon's port says. */
class World {
  readonly children: ChildProcess[] = [];
  readonly steps: string[] = [];
  readonly output: string[] = [];
  readonly fleet = makeFleet();
  readonly controller: RestartController;
  readonly #folder = mkdtempSync(join(tmpdir(), 'daemon-health-restart-'));
  abort = new AbortController();

  private constructor(
    readonly port: number,
    startFlags: readonly string[] | { command: string[] },
  ) {
    this.controller = this.#makeController(this.fleet, startFlags);
  }

  #makeController(fleet: Fleet, startFlags: readonly string[] | { command: string[] }): RestartController {
    return new RestartController({
      fleet,
      log: () => undefined,
      records: new RestartRecords(new MemoryMemento()),
      folder: this.#folder,
      keepEvidence: () => Promise.resolve(),
      onRestarted: () => undefined,
      start: () => Promise.resolve(this.start(startFlags)),
    });
  }

  static async create(startFlags: readonly string[] | { command: string[] } = []): Promise<World> {
    const world = new World(await freePort(), startFlags);
    watch(world.fleet, world.port);
    return world;
  }

  /** Another window on the same machine, which watches the same daemon. */
  otherWindow(): { fleet: Fleet; controller: RestartController } {
    const fleet = makeFleet();
    watch(fleet, this.port);
    return { fleet, controller: this.#makeController(fleet, []) };
  }

  start(flags: readonly string[] | { command: string[] }): StartedCommand {
    const [command, ...args] =
      'command' in flags ? flags.command : [process.execPath, DAEMON, '--port', String(this.port), ...flags];
    const child = spawn(command!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout?.on('data', (chunk) => this.output.push(String(chunk)));
    this.children.push(child);
    return {
      ended: new Promise((resolve) => {
        child.once('exit', (code) => resolve(code ?? undefined));
        child.once('error', () => resolve(undefined));
      }),
    };
  }

  /** The daemon that runs before the restart. */
  async running(flags: readonly string[] = []): Promise<number> {
    this.start(flags);
    await untilTrue(() => this.output.join('').includes('listening'));
    await this.fleet.refresh();
    return this.children[0]!.pid!;
  }

  get model(): DaemonModel {
    return this.fleet.models[0]!;
  }

  async restart(options: { proofTimeoutMs?: number; onlyWait?: boolean } = {}) {
    const plan = await this.controller.plan(this.model);
    return this.controller.restart(plan, {
      signal: this.abort.signal,
      onStep: (step) => this.steps.push(step),
      ...options,
    });
  }

  dispose(): void {
    this.fleet.dispose();
    for (const child of this.children) child.kill('SIGKILL');
  }
}

describe('a restart, on real processes', function () {
  this.timeout(40_000);
  let world: World;
  afterEach(() => world.dispose());

  it('ends the old process, starts a new one and sees it complete a cycle', async () => {
    world = await World.create();
    const oldPid = await world.running();
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.match(outcome.text, /^test restarted in \d/);
    assert.equal(await isAlive(oldPid), false);
    assert.equal((await findListener(world.port))?.pid, world.children[1]!.pid);
    assert.deepEqual(world.steps, [
      `stopping process ${oldPid}`,
      `waiting for port ${world.port} to be free`,
      'starting it',
      'waiting for a completed poll cycle',
    ]);
  });

  it('starts a daemon that does not run', async () => {
    world = await World.create();
    await world.fleet.refresh();
    const outcome = await world.restart();
    assert.match(outcome.text, /^test started in \d/);
  });

  it('ends by force, with its children, a process that ignores SIGTERM', async () => {
    world = await World.create();
    const oldPid = await world.running(['--ignore-sigterm', '--child']);
    const grandchild = Number(/child (\d+)/.exec(world.output.join(''))?.[1]);
    assert.equal(await isAlive(grandchild), true);
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.equal(await isAlive(oldPid), false);
    assert.equal(await isAlive(grandchild), false);
    assert.ok(world.steps.some((step) => step.includes('ending it by force')));
  });

  it('says so when the start command fails, with its exit code', async () => {
    world = await World.create({ command: [process.execPath, '-e', 'process.exit(7)'] });
    await world.running();
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'failed');
    assert.match(outcome.text, /exit code 7 and test does not answer \(connection refused\)/);
  });

  it('does not take a new process for a cure while no cycle has completed', async () => {
    world = await World.create(['--never-polls']);
    await world.running();
    setTimeout(() => world.abort.abort(), 3_000);
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cancelled');
    assert.match(outcome.text, /was started; whether it works was not waited for/);
    assert.equal((await findListener(world.port))?.pid, world.children[1]!.pid);
  });

  it('waits for a port that is freed late', async () => {
    world = await World.create();
    const oldPid = await world.running(['--linger-ms', '1500']);
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.equal(await isAlive(oldPid), false);
  });

  it('says what was seen when the start command ends well and leaves nothing, and can wait on', async () => {
    world = await World.create({ command: [process.execPath, '-e', ''] });
    await world.running();
    const outcome = await world.restart({ proofTimeoutMs: 1_500 });
    assert.equal(outcome.kind, 'late');
    assert.match(outcome.text, /the start command ended with exit code 0, it does not answer/);
    // Meanwhile somebody starts it by hand.
    world.start([]);
    const later = await world.restart({ onlyWait: true });
    assert.equal(later.kind, 'cured', later.text);
  });

  it('does not call a daemon cured that crashes while it starts', async () => {
    world = await World.create(['--never-polls', '--crash-after-ms', '1000']);
    await world.running();
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'failed');
    assert.match(outcome.text, /ended with exit code 3/);
  });

  it('says so when the start command does not exist', async () => {
    world = await World.create({ command: ['no-such-command-anywhere'] });
    await world.running();
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'failed');
    assert.match(outcome.text, /test does not answer/);
  });

  it('refuses to end an unrelated server on the port, and names it', async () => {
    world = await World.create();
    const server = createServer((_request, response) => response.end('<html>hello')).listen(
      world.port,
      '127.0.0.1',
    );
    await once(server, 'listening');
    await world.fleet.refresh();
    await assert.rejects(world.restart(), new RegExp(`${process.pid}.*Nothing was ended`));
    server.close();
  });

  it('happens once when asked for twice at the same time', async () => {
    world = await World.create();
    await world.running();
    const first = world.restart();
    await untilTrue(() => world.steps.length > 0);
    await assert.rejects(world.controller.plan(world.model), /already being restarted/);
    assert.equal((await first).kind, 'cured');
  });

  it('happens in one window only when two press Restart', async () => {
    world = await World.create();
    await world.running();
    const other = world.otherWindow();
    await other.fleet.refresh();
    const plan = await other.controller.plan(other.fleet.models[0]!);
    const first = world.restart();
    await untilTrue(() => world.steps.length > 0);
    const second = await other.controller.restart(plan, {
      signal: new AbortController().signal,
      onStep: () => undefined,
    });
    assert.match(second.text, /in another window/);
    assert.equal((await first).kind, 'cured');
    assert.equal(world.children.length, 2);
    other.fleet.dispose();
  });

  it('remembers why, when and how it ended', async () => {
    world = await World.create();
    await world.running();
    await world.restart();
    const [record] = (await world.controller.plan(world.model)).records;
    assert.equal(record?.kind, 'cured');
    assert.equal(record?.why, 'healthy');
    assert.match(record?.text ?? '', /test restarted in/);
  });

  it('shows "restarting" while it lasts, and no outage', async () => {
    world = await World.create();
    await world.running();
    const states = new Set<string>();
    world.fleet.on('change', () => states.add(world.model.track.verdict.state));
    await world.restart();
    await world.fleet.refresh();
    assert.deepEqual([...states].sort(), ['healthy', 'restarting']);
  });
});
