import { setTimeout as delay } from 'node:timers/promises';
import type { DaemonId } from '../health/report';
import type { DaemonModel } from '../model/daemonModel';
import type { Keeper } from '../model/keeper';
import type { Keepers } from '../store/keepers';
import { ToolFailed } from '../system/exec';
import { identityIn, isProvenAlive } from '../system/identity';
import { environmentOf } from '../system/processEnv';
import { describeProcess, isSameProcess, processTable, type ProcessInfo } from '../system/processTable';
import { isServiceManager } from '../system/programs';
import type { Supervisor } from '../system/supervisor';
import { ownersOf } from './plan';
import { COMEBACK_LOOK_MS, RESPAWN_TIMEOUT_MS } from './policy';
import { beganSince, START_MARK, type Moment } from './provenance';

/** What a watch after an end needs. */
interface Ended {
  readonly model: DaemonModel;
  /** The process that we ended. */
  readonly owner: ProcessInfo;
  /** Before the end. */
  readonly since: Moment;
}

export interface ComebacksDeps {
  readonly keepers: Keepers;
  readonly wallAt: () => number;
  /** Whether we do something else with the daemon, whose outcome then tells more. */
  readonly isBusy: (daemonId: DaemonId) => boolean;
  readonly log: (line: string) => void;
}

/**
 * Remembers what started a daemon again after we had ended it, where nothing else tells who does: a loop that was typed
 * into a shell, a manager that nobody knows. It is forgotten once an end had no such sequel.
 */
export class Comebacks {
  constructor(private readonly deps: ComebacksDeps) {}

  /**
   * What may start this process again, by what happened last time. Where that was the child of a process, only as long
   * as this one is its child, too. Never rejects.
   */
  async keeperOf(daemonId: DaemonId, owner: ProcessInfo): Promise<Supervisor | undefined> {
    const keeper = await this.deps.keepers.of(daemonId);
    if (!keeper) return undefined;
    const { by, ...lastTime } = keeper;
    if (!by) return { name: 'something', lastTime };
    const ancestors = await ancestorsOf(owner.pid);
    if (!ancestors.includes(by.pid) || !(await isProvenAlive(by))) return undefined;
    return { name: `process ${by.pid} (${by.commandLine})`, process: by, lastTime };
  }

  /** After a stop: looks for a while whether something starts it again. Never rejects. */
  async watch(ended: Ended): Promise<void> {
    const { model, owner } = ended;
    const { id } = model.daemon;
    const endMs = performance.now() + RESPAWN_TIMEOUT_MS;
    while (performance.now() < endMs) {
      if (this.deps.isBusy(id)) return;
      const next = await holderNow(model);
      if (next && !isSameProcess(next, owner)) return this.#note(ended, next);
      await delay(COMEBACK_LOOK_MS, undefined, { ref: false });
    }
    await this.deps.keepers.set(id, undefined);
  }

  /** After a restart: looks who is there now, and whether we started it. Never rejects. */
  async judge(ended: Ended): Promise<void> {
    const next = await holderNow(ended.model);
    if (next && !isSameProcess(next, ended.owner)) await this.#note(ended, next);
  }

  async #note({ model, since }: Ended, next: ProcessInfo): Promise<void> {
    const { keepers, wallAt, log } = this.deps;
    const { id, name } = model.daemon;
    const afterMs = Math.max(0, (next.startedAtMs ?? since.at) - since.at);
    const isNew = next.isOurs && beganSince(next, since) === 'after';
    // What one of our windows started has the mark of a start; where no environment is told nothing is concluded.
    const env = await environmentOf(next.pid);
    if (!isNew || !env) return;
    if (START_MARK in env) return keepers.set(id, undefined);
    const above = await bornBefore(next.pid, since);
    if (above === 'manager') return;
    const keeper: Keeper = { at: wallAt(), afterMs, ...(above && { by: above }) };
    const who = above ? ` by process ${above.pid} (${above.commandLine})` : '';
    log(`[${name}] process ${next.pid} was started again${who}, not from here`);
    await keepers.set(id, keeper);
  }
}

async function holderNow(model: DaemonModel): Promise<ProcessInfo | undefined> {
  return (await ownersOf(model).catch(() => []))[0];
}

/** The nearest of its ancestors that was there before the end; `manager` where a service manager is its parent. */
async function bornBefore(pid: number, since: Moment): Promise<Keeper['by'] | 'manager' | undefined> {
  for (const parent of await ancestorsOf(pid)) {
    if (parent <= 1) return undefined;
    const info = await describeProcess(parent).catch(() => undefined);
    const identity = info && identityIn(info);
    if (!info?.isOurs || !identity) return undefined;
    if (isServiceManager(info)) return 'manager';
    if (beganSince(info, since) === 'before') return { ...identity, commandLine: info.commandLine };
  }
  return undefined;
}

async function ancestorsOf(pid: number): Promise<readonly number[]> {
  try {
    return await processTable().ancestors(pid);
  } catch (error) {
    if (error instanceof ToolFailed) return [];
    throw error;
  }
}
