import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/app/systemClock';
import type { Instant } from '../../src/base/time';
import type { HealthEvent } from '../../src/health/advance';
import type { Watched } from '../../src/health/watched';
import { createProbe } from '../../src/kinds/probe';
import type { DaemonModel } from '../../src/model/daemonModel';
import { Registry } from '../../src/watch/registry';
import { DuctorLife, type LifeOptions } from './ductorLife';
import { MemoryMemento, memoryOver } from './memento';
import { idAt, at } from './target';

/** A clock that can be put forward, so that nobody waits. */
class Clock {
  #aheadMs = 0;

  now(): Instant {
    const { wallAt, monotonicMs, uptimeMs } = systemClock.now();
    const ahead = this.#aheadMs;
    return { wallAt: wallAt + ahead, monotonicMs: monotonicMs + ahead, uptimeMs: uptimeMs + ahead };
  }

  wait(ms: number): void {
    this.#aheadMs += ms;
  }
}

/** One window of a workspace that watches a ductor, which it asks only when told to. */
export class DuctorWindow {
  readonly registry: Registry;
  readonly events: HealthEvent[] = [];
  readonly #memory: ReturnType<typeof memoryOver>;

  constructor(
    readonly url: string,
    home: string,
    readonly clock: Clock,
    state: MemoryMemento,
  ) {
    const memory = memoryOver(state, () => this.clock.now().wallAt);
    this.#memory = memory;
    const wallAt = () => this.clock.now().wallAt;
    this.registry = new Registry({
      clock: this.clock,
      random: () => 0.5,
      isFocused: () => true,
      createProbe: (target, kind) =>
        Promise.resolve(createProbe(target, { kind, env: { DUCTOR_HOME: home }, wallAt })),
      recall: (daemonId) => memory.recall(daemonId),
    });
    this.registry.on('stepped', (model, events, watched) => {
      memory.stepped(model, watched);
      memory.keep([model]);
      this.events.push(...events);
    });
    const daemon = { name: 'ductor', kind: 'ductor', ...at(url), pollIntervalMs: 300_000, configured: true };
    this.registry.configure({ daemons: [daemon], problems: [] });
  }

  /** Asks, and goes on when the answer is in. */
  async look(afterMs = 0): Promise<this> {
    this.clock.wait(afterMs);
    await this.registry.refresh();
    return this;
  }

  /** Asks for so long after which a daemon that is gone is red. */
  async lookOn(): Promise<this> {
    for (let ask = 0; ask < 5; ask++) await this.look(4_000);
    return this;
  }

  get model(): DaemonModel {
    return this.registry.models[0]!;
  }

  get watched(): Watched {
    return this.registry.monitor(idAt(this.url))!.watched;
  }

  get state(): string {
    return this.model.track.verdict.state;
  }

  /** What is told of its lives. */
  get news(): string[] {
    return this.events.flatMap((event) =>
      event.kind === 'restarted' && event.isNews
        ? [
            `${event.restarted.kind}: ${event.restarted.resumed} resumed, ${event.restarted.interrupted} interrupted`,
          ]
        : [],
    );
  }

  /** What is told of an end in time. */
  get timedOut(): string[] {
    return this.events.flatMap((event) =>
      event.kind === 'timedOut' ? [`${titleOf(event.session)}${event.isInferred ? ' (assumed)' : ''}`] : [],
    );
  }

  /** What is told of problems. */
  get notices(): string[] {
    return this.events.flatMap((event) =>
      event.kind === 'notice' ? [`${event.notice.kind} ${event.notice.state}`] : [],
    );
  }

  /** The titles in its list of what a restart interrupted. */
  get interrupted(): string[] {
    return (this.model.lost ?? []).filter(({ status }) => status === 'interrupted').map(titleOf);
  }

  async close(): Promise<void> {
    await this.#memory.flush();
    this.registry.dispose();
  }
}

/** What the user asked for: ductor adds words of its own. */
export function titleOf({ title }: { readonly title: string }): string {
  return title.split(' ## ')[0]!;
}

/** A ductor on this machine over its lives, and the windows that look at it. */
export class DuctorHouse {
  readonly home = mkdtempSync(join(tmpdir(), 'daemon-health-ductor-'));
  readonly state = new MemoryMemento();
  readonly clock = new Clock();
  readonly windows: DuctorWindow[] = [];
  #life: DuctorLife | undefined;
  #port = 0;
  /** The process of all lives: only its command line shows that it may have written files that are older than it. */
  readonly #process: ChildProcess = spawn(
    process.execPath,
    ['-e', 'setInterval(() => {}, 1_000_000)', 'ductor'],
    { stdio: 'ignore' },
  );

  get life(): DuctorLife {
    return this.#life!;
  }

  /** A new life, its start not yet played. */
  next(options: Partial<LifeOptions> = {}): DuctorLife {
    this.#life = new DuctorLife({
      home: this.home,
      pid: this.#process.pid!,
      port: this.#port,
      now: () => this.clock.now().wallAt,
      ...options,
    });
    return this.#life;
  }

  /** A new life, as it is once its start is over. */
  async begin(options: Partial<LifeOptions> = {}): Promise<DuctorLife> {
    const life = this.next(options);
    for (const { play } of life.start()) await play();
    this.#port = life.port;
    return life;
  }

  open(): DuctorWindow {
    const window = new DuctorWindow(`http://127.0.0.1:${this.#port}`, this.home, this.clock, this.state);
    this.windows.push(window);
    return window;
  }

  /** What its files say of its work, as after its own clean-up. */
  forget(): void {
    rmSync(join(this.home, 'inflight_turns.json'), { force: true });
    rmSync(join(this.home, 'named_sessions.json'), { force: true });
  }

  async close(): Promise<void> {
    for (const window of this.windows) await window.close();
    await this.#life?.kill();
    this.#process.kill('SIGKILL');
    rmSync(this.home, { recursive: true, force: true });
  }
}
