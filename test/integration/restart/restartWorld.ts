import { at, watchedAt } from '../../support/target';
import { addressOf } from '../../../src/kinds/target';
import type { Target } from '../../../src/model/target';
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/app/systemClock';
import { restartStepText, restartWaitText } from '../../../src/words/restartSteps';
import { Registry } from '../../../src/watch/registry';
import { type DaemonModel } from '../../../src/model/daemonModel';
import { createProbe } from '../../../src/kinds/probe';
import type { Plan } from '../../../src/restart/plan';
import { RestartController, type KeptEvidence, type RestartWork } from '../../../src/restart/controller';
import { findListener } from '../../../src/system/processTable';
import { RestartRecords } from '../../../src/store/restartRecords';
import { Keepers } from '../../../src/store/keepers';
import type { StartedCommand } from '../../../src/restart/edges';
import { dispatchdFile } from '../../support/dispatchd/daemonProcess';
import { freePort } from '../../support/freePort';
import { MemoryMemento } from '../../support/memento';
import { until } from '../../support/until';
import { recordOf, stopText } from '../../../src/words/outcomes';
import { spoken, spokenStop } from '../../support/spoken';

export const DAEMON = join(__dirname, '..', '..', 'fixtures', 'daemons', 'daemon.mjs');

export interface WorldOptions {
  /** What the start command adds to the flags of `daemon.mjs`, or what it is instead. */
  readonly flags?: readonly string[];
  readonly command?: readonly string[];
  /** In place of a command: the start as a whole. */
  readonly start?: (signal: AbortSignal, env: NodeJS.ProcessEnv) => Promise<StartedCommand>;
  readonly keepEvidence?: () => Promise<KeptEvidence>;
  readonly host?: string;
  /** Where the daemon is watched, in place of its address, which only the probe knows then. */
  readonly target?: Target;
}

/** A restart in a world of real processes: what was started, and what the daemon's port says. */
export class World {
  readonly children: ChildProcess[] = [];
  readonly steps: string[] = [];
  /** What was said anew every second. */
  readonly waits: string[] = [];
  readonly log: string[] = [];
  /** Errors that nobody expected. */
  readonly unexpected: string[] = [];
  readonly output: string[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), 'daemon-health-restart-'));
  readonly registry: Registry;
  readonly controller: RestartController;
  readonly abort = new AbortController();
  readonly keepers = new Keepers({ folder: this.folder, log: (line) => this.log.push(line) });

  private constructor(
    readonly port: number,
    private readonly options: WorldOptions,
  ) {
    this.registry = this.#makeRegistry();
    this.controller = this.#makeController(this.registry);
  }

  static async create(options: WorldOptions = {}): Promise<World> {
    return new World(await freePort(), options);
  }

  /** Restarts with the bundled daemon, as a real process with its state in the world's folder. */
  static async ofDispatchd(...flags: readonly string[]): Promise<World> {
    const port = await freePort();
    const file = await dispatchdFile();
    const command: string[] = [];
    const world = new World(port, { command });
    command.push(process.execPath, file, '--port', String(port), '--state-dir', join(world.folder, 'state'));
    command.push('--poll-interval-ms', '50', ...flags);
    return world;
  }

  /** Another window on the same machine, which watches the same daemon. */
  otherWindow(): { registry: Registry; controller: RestartController } {
    const registry = this.#makeRegistry();
    return { registry, controller: this.#makeController(registry) };
  }

  /** @param env the mark of a restart; without, somebody starts it by hand */
  start(flags: readonly string[] = this.options.flags ?? [], env: NodeJS.ProcessEnv = {}): StartedCommand {
    return this.run(
      this.options.command ?? [process.execPath, DAEMON, '--port', String(this.port), ...flags],
      { env: { ...process.env, ...env } },
    );
  }

  run([command, ...args]: readonly string[], options: SpawnOptions = {}): StartedCommand {
    const child = spawn(command!, args, { stdio: ['ignore', 'pipe', 'ignore'], ...options });
    child.stdout?.on('data', (chunk) => this.output.push(String(chunk)));
    this.children.push(child);
    return {
      ended: new Promise((resolve) => {
        child.once('exit', (code) => resolve(code ?? undefined));
        child.once('error', () => resolve(undefined));
      }),
    };
  }

  /** The daemon that runs before the restart. @returns its pid */
  async running(flags?: readonly string[]): Promise<number> {
    this.start(flags);
    await this.listening();
    return this.children.at(-1)!.pid!;
  }

  /** Waits until the process started last listens, and asks it. */
  async listening(): Promise<void> {
    const said = () => this.output.join('').match(/listening/g)?.length ?? 0;
    await until(() => said() >= this.children.length);
    await this.registry.refresh();
  }

  /** Waits until a process has printed this. */
  async said(text: string): Promise<void> {
    await until(() => this.output.join('').includes(text));
  }

  /** Its daemon answers like a stopped process, which accepts and says nothing, and is let go on. */
  async untilUnresponsive(): Promise<void> {
    process.kill(this.children[0]!.pid!, 'SIGSTOP');
    for (let polls = 0; polls < 20 && this.model.track.verdict.state !== 'unresponsive'; polls++) {
      await this.registry.refresh();
    }
    process.kill(this.children[0]!.pid!, 'SIGCONT');
    assert.equal(this.model.track.verdict.state, 'unresponsive');
  }

  get model(): DaemonModel {
    return this.registry.models[0]!;
  }

  get origin(): string {
    return addressOf(this.model.daemon.target)!.origin;
  }

  async restart(work: Partial<RestartWork> = {}) {
    this.#plan = await this.controller.plan(this.model);
    return spoken(await this.controller.restart(this.#plan, { ...this.#progress, ...work }));
  }

  /** Waits on as the commands do: by the plan of the restart that was late, whoever listens meanwhile. */
  async waitLonger() {
    return spoken(await this.controller.waitLonger(this.#plan!, this.#progress));
  }

  async stop() {
    const plan = await this.controller.plan(this.model);
    return spokenStop(await this.controller.stop(plan, this.#progress));
  }

  /** Aborts as soon as this is said, as a step or while waiting. */
  abortAt(words: RegExp): void {
    this.#abortAt = words;
  }

  async dispose(): Promise<void> {
    this.registry.dispose();
    this.keepers.dispose();
    for (const child of this.children) child.kill('SIGKILL');
    // What a daemon left behind.
    const listener = await findListener(this.port);
    if (listener && listener.pid !== process.pid) endNow(listener.pid);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  #abortAt: RegExp | undefined;
  /** Of the last restart. */
  #plan: Plan | undefined;

  get #progress(): RestartWork {
    const take = (list: string[], text: string) => {
      list.push(text);
      if (this.#abortAt?.test(text)) this.abort.abort(new Error('cancelled'));
    };
    return {
      signal: this.abort.signal,
      onStep: (step) => take(this.steps, restartStepText(step)),
      onWait: (wait) => take(this.waits, restartWaitText(wait)),
    };
  }

  #makeRegistry(): Registry {
    const registry = new Registry({
      clock: systemClock,
      random: () => 0.5,
      isFocused: () => true,
      createProbe: () => {
        const probe = createProbe(at(origin).target, { timeouts: { requestMs: 2_000, fallbackMs: 500 } });
        // What has no address is asked for its state here, and cannot be asked to end itself.
        const asker = {
          ask: () => probe.ask(),
          statusText: () => probe.statusText(),
          close: () => probe.close(),
        };
        return Promise.resolve(target && target.kind !== 'http' ? asker : probe);
      },
      recall: () => ({}),
    });
    const { host = '127.0.0.1', target } = this.options;
    const origin = `http://${host}:${this.port}`;
    registry.configure({
      daemons: [
        {
          name: 'test',
          ...(target ? watchedAt(target) : at(origin)),
          pollIntervalMs: 60_000,
          configured: true,
        },
      ],
      problems: [],
    });
    return registry;
  }

  #makeController(registry: Registry): RestartController {
    return new RestartController({
      registry,
      prepare: () => Promise.resolve({ way: { by: 'spawn', keepsWork: false } }),
      log: (line) => this.log.push(line),
      logStep: (daemon, what, step) => this.log.push(`[${daemon}] ${what}: ${restartStepText(step)}`),
      logStop: (outcome) => this.log.push(`[${outcome.daemon}] ${stopText(outcome)}`),
      recordOf,
      records: new RestartRecords(new MemoryMemento(), {
        folder: this.folder,
        log: (line) => this.log.push(line),
      }),
      keepers: this.keepers,
      folder: this.folder,
      keepEvidence: this.options.keepEvidence ?? (() => Promise.resolve({})),
      onRestarted: () => undefined,
      onUnexpected: (where, error) => this.unexpected.push(`${where}: ${String(error)}`),
      start: async (_model, signal, env) => ({
        ...(await (this.options.start?.(signal, env) ?? this.start(undefined, env))),
        isMarked: true,
      }),
    });
  }
}

/** It may end by itself in the moment between. */
function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
