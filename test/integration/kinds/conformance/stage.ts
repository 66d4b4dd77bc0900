import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Env, Kind, StartCommand } from '../../../../src/kinds/kind';
import type { AskSetting } from '../../../../src/model/askSetting';
import type { Target } from '../../../../src/model/target';
import type { StartedCommand } from '../../../../src/restart/edges';
import { until } from '../../../support/until';

/** Plays one daemon of a kind on this machine, as a process of its own. A new kind needs one of these in `stages.ts`. */
export interface Stage {
  readonly kind: Kind;
  /** Where the daemon is watched. */
  readonly target: Target;
  /** By what the kind finds the daemon's files. */
  readonly env: Env;
  /** How its entry says that it is asked, for a kind that is told that. */
  readonly asks?: AskSetting;
  /** Where the stage keeps its files. */
  readonly folder: string;
  /** How somebody starts the daemon, for a kind that knows no way. */
  readonly command: StartCommand;
  /** The daemon starts. Resolves once it runs and has written down who it is. */
  start(): Promise<void>;
  /** Its loop hangs from now on, and it answers. */
  wedge(): Promise<void>;
  /** Its loop is stopped, and it answers. @returns who answers so, where that is not the daemon's own target */
  stopLoop(): Promise<Target | void>;
  /** Work begins that a restart interrupts. */
  work(): Promise<void>;
  /** The daemon ends, as nothing but a kill -9 does. */
  vanish(): Promise<void>;
  /** Runs a command as the user's editor would. */
  run(command: StartCommand, env?: Env): StartedCommand;
  close(): Promise<void>;
}

/** What all stages have: a folder, and processes that end with the stage. */
export abstract class ProcessStage implements Stage {
  abstract readonly kind: Kind;
  abstract readonly target: Target;
  abstract readonly env: Env;
  abstract readonly command: StartCommand;
  readonly asks?: AskSetting;
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-stage-')));
  readonly #children: ChildProcess[] = [];
  readonly #closers: (() => Promise<void> | void)[] = [];

  abstract wedge(): Promise<void>;
  abstract stopLoop(): Promise<Target | void>;
  abstract work(): Promise<void>;
  /** Resolves once the daemon that was started last runs. */
  protected abstract ready(): Promise<void>;

  async start(): Promise<void> {
    this.run(this.command);
    await this.ready();
  }

  async vanish(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await Promise.all(
      this.#children.splice(0).map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'exit');
        child.kill(signal);
        await gone;
      }),
    );
  }

  /** The process that was started last. */
  protected get startedPid(): number | undefined {
    return this.#children.at(-1)?.pid;
  }

  run(command: StartCommand, env: Env = {}): StartedCommand {
    const child = spawn(
      ...(command.kind === 'shell'
        ? ([command.line, []] as const)
        : ([command.command, command.args] as const)),
      {
        stdio: 'ignore',
        shell: command.kind === 'shell',
        env: { ...process.env, ...this.env, ...command.env, ...env },
        cwd: command.cwd ?? this.folder,
      },
    );
    this.#children.push(child);
    return {
      ended: new Promise((resolve) => {
        child.once('exit', (code) => resolve(code ?? undefined));
        child.once('error', () => resolve(undefined));
      }),
    };
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
    // So that a daemon ends what it started.
    await this.vanish('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Resolves once a GET of this address is answered with 2xx. */
  protected answers(url: string): Promise<void> {
    return until(
      () =>
        fetch(url).then(
          ({ ok }) => ok,
          () => false,
        ),
      `an answer of ${url}`,
    );
  }

  protected onClose(close: () => Promise<void> | void): void {
    this.#closers.push(close);
  }

  protected makeFolder(...names: readonly string[]): string {
    const folder = join(this.folder, ...names);
    mkdirSync(folder, { recursive: true });
    return folder;
  }
}
