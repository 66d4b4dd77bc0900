import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { systemClock } from '../../src/app/systemClock';
import type { KindId } from '../../src/health/report';
import { createProbe } from '../../src/kinds/probe';
import { chooseWay } from '../../src/restart/chooseWay';
import { RestartController, type RestartWork } from '../../src/restart/controller';
import type { Plan } from '../../src/restart/plan';
import { waysFor } from '../../src/restart/startCommand';
import { readDaemons } from '../../src/settings/daemonList';
import { programAt, whyNotStartable } from '../../src/system/startable';
import { Registry } from '../../src/watch/registry';
import { restartStepText } from '../../src/words/restartSteps';
import { spoken } from './spoken';
import { START_CONTEXT } from './startContext';
import { at } from './target';
import { quietRestarts } from './quietRestarts';

export interface RestartingOptions {
  readonly kind: KindId;
  readonly port: number;
  /** Which all windows share. */
  readonly folder: string;
  /** What its terminals have. */
  readonly env: NodeJS.ProcessEnv;
  readonly dispatchdPath?: string;
  /** The entry of the settings, of a kind that needs one. */
  readonly entry?: object;
}

/** A window without an editor: it watches one daemon, plans its restart as the product does, and runs the commands. */
export class RestartingWindow {
  readonly steps: string[] = [];
  /** What it ran itself, word by word. */
  readonly ran: (readonly string[])[] = [];
  readonly registry: Registry;
  readonly controller: RestartController;
  readonly #children: ChildProcess[] = [];

  constructor({
    kind,
    port,
    folder,
    env,
    dispatchdPath = START_CONTEXT.dispatchdPath,
    entry,
  }: RestartingOptions) {
    this.registry = new Registry({
      clock: systemClock,
      random: () => 0.5,
      isFocused: () => true,
      createProbe: (target, _kind, asks) =>
        Promise.resolve(createProbe(target, { kind, ...(asks && { asks }) })),
      recall: () => ({}),
    });
    const plain = { ...at(`http://127.0.0.1:${port}`), name: kind, kind, configured: true };
    const daemons = entry
      ? readDaemons([entry], { configured: true, allowRemote: false }).daemons
      : [{ ...plain, pollIntervalMs: 60_000 }];
    this.registry.configure({ daemons, problems: [] });
    const controller = new RestartController({
      registry: this.registry,
      prepare: async (model, running) => {
        const ways = await waysFor(model.daemon, model.track.last?.report, {
          ...START_CONTEXT,
          dispatchdPath,
          nodePath: process.execPath,
          workspaceFolder: folder,
          ...controller.seen(model.daemon.id),
          lastArgs: controller.lastArgs(model.daemon.id),
        });
        assert.ok(!('is' in ways), JSON.stringify(ways));
        return chooseWay(ways, running, false, {
          whyNotStartable: (command) => whyNotStartable(command, env),
          programAt: (command) => programAt(command, env),
        });
      },
      ...quietRestarts(folder),
      start: (_model, _signal, mark, agreed) => {
        assert.ok(agreed?.command?.kind === 'process');
        const { command, args, cwd, env: own } = agreed.command;
        this.ran.push([command, ...args]);
        const child = spawn(command, args, {
          cwd: cwd ?? folder,
          env: { ...env, ...own, ...mark },
          stdio: ['ignore', 'ignore', 'inherit'],
        });
        this.#children.push(child);
        return Promise.resolve({
          isMarked: true,
          ended: once(child, 'exit').then(([code]) => code as number),
        });
      },
    });
    this.controller = controller;
  }

  /** Asks the daemon, and plans its restart. */
  async plan(): Promise<Plan> {
    await this.registry.refresh();
    return this.controller.planRestart(this.registry.models[0]!);
  }

  async restart(plan: Plan, work: Partial<RestartWork> = {}) {
    return spoken(
      await this.controller.restart(plan, {
        signal: new AbortController().signal,
        onStep: (step) => this.steps.push(restartStepText(step)),
        ...work,
      }),
    );
  }

  /** What it started itself ends with it. */
  dispose(): void {
    this.registry.dispose();
    for (const child of this.#children) child.kill('SIGKILL');
  }
}
