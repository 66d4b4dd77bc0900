import type * as vscode from 'vscode';
import type { DaemonModel } from '../model/daemonModel';
import type { Restarts, RestartsDeps } from './restarts';

/** The part of restarting that is there from activation on; the rest is loaded when it is asked for. */
export class RestartLoader {
  #loading: Promise<Restarts> | undefined;

  constructor(private readonly deps: RestartsDeps) {}

  async restart(model: DaemonModel, openedMs?: number): Promise<void> {
    await (await this.#load()).restart(model, openedMs);
  }

  async waitLonger(model: DaemonModel): Promise<void> {
    await (await this.#load()).waitLonger(model);
  }

  async stop(model: DaemonModel): Promise<void> {
    await (await this.#load()).stop(model);
  }

  async keepEvidence(model: DaemonModel): Promise<void> {
    await (await this.#load()).keepEvidence(model);
  }

  async provideTasks(): Promise<vscode.Task[]> {
    return (await this.#load()).provideTasks();
  }

  async resolveTask(task: vscode.Task): Promise<vscode.Task | undefined> {
    return (await this.#load()).resolveTask(task);
  }

  #load(): Promise<Restarts> {
    return (this.#loading ??= import('./restarts').then(({ createRestarts }) => createRestarts(this.deps)));
  }
}
