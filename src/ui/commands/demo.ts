import * as vscode from 'vscode';
import { BUNDLED } from '../../kinds/index';
import type { DaemonConfig } from '../../model/daemonConfig';
import type { RunningDemo } from '../../restart/demo';
import { daemonIdOf } from '../../settings/daemonList';
import type { Registry } from '../../watch/registry';
import { DEMO_ASKS_MS } from '../policy';
import { inStatusBar, say, sayShortly } from '../shared/say';
import { DEMO, END_DEMO, SHOW_HANG } from './commandsText';
import { ensureTrusted } from './trust';

export interface DemoDeps {
  readonly registry: Pick<Registry, 'watchDemo' | 'on'>;
  /** @throws an error fit to show */
  readonly start: () => Promise<RunningDemo>;
}

/** "Show Me a Hang": a daemon of its own that hangs, to be restarted; the user's daemons and settings are left alone. */
export class Demo implements vscode.Disposable {
  #running: { readonly daemon: DaemonConfig; readonly demo: RunningDemo } | undefined;
  #starting: Promise<void> | undefined;
  #isDisposed = false;

  constructor(private readonly deps: DemoDeps) {
    deps.registry.on('stepped', ({ daemon, track }) => {
      // Who stops it has seen enough of it.
      if (track.stoppedByUs && daemon.id === this.#running?.daemon.id) this.end();
    });
  }

  /** Shows the demo that runs; starts one where none does. */
  async show(): Promise<void> {
    // It runs nothing but what came with the extension; what it is about, the restart, needs trust.
    if (!this.#running && !(await ensureTrusted(SHOW_HANG))) return;
    if (!this.#running) {
      this.#starting ??= inStatusBar(DEMO.starting, () => this.#start()).finally(
        () => (this.#starting = undefined),
      );
      await this.#starting;
    }
    const { daemon } = this.#running ?? {};
    if (daemon) await vscode.commands.executeCommand('daemonHealth.showDetails', daemon.id);
  }

  /** Ends the demo; says so where there is none. */
  end(): void {
    if (!this.#running) return void say('info', DEMO.none);
    this.#running.demo.end();
    this.#forget();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#running?.demo.end();
  }

  async #start(): Promise<void> {
    const demo = await this.deps.start();
    // The window was closed meanwhile.
    if (this.#isDisposed) return demo.end();
    const target = { kind: 'http', origin: demo.url } as const;
    const daemon: DaemonConfig = {
      name: DEMO.name,
      id: daemonIdOf(target),
      target,
      kind: BUNDLED.kind,
      pollIntervalMs: DEMO_ASKS_MS,
      configured: true,
      demo: { folder: demo.folder },
    };
    const running = { daemon, demo };
    this.#running = running;
    this.deps.registry.watchDemo(daemon);
    void demo.ended.then(() => this.#running === running && this.#forget());
    // The message stays when the demo is over: its button says that then.
    void say('info', DEMO.runs, END_DEMO).then((choice) => choice === END_DEMO && this.end());
  }

  #forget(): void {
    this.#running = undefined;
    if (this.#isDisposed) return;
    this.deps.registry.watchDemo();
    sayShortly('check', DEMO.ended);
  }
}
