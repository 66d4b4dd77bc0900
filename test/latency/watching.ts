import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { outDir } from '../../scripts/paths.mjs';
import type { Seen, Step, WatcherRequest } from './seen';

/** What `scripts/latency.mjs` builds. */
export const built = (name: string) => join(outDir, 'latency', `${name}.cjs`);

/** Nothing that is measured takes as long. */
const LONGEST_WAIT_MS = 120_000;

/** A watcher, and all that it has seen so far. */
export class Watching {
  readonly seen: Seen[] = [];
  readonly #news = new EventEmitter();
  readonly #process: ChildProcess;

  private constructor(env: NodeJS.ProcessEnv) {
    this.#process = fork(built('watcher'), [], { env: { ...process.env, ...env } });
    this.#process.on('message', (seen: Seen) => {
      this.seen.push(seen);
      this.#news.emit('seen', seen);
    });
    this.#news.setMaxListeners(0);
  }

  /** Watches smithys at these origins. @param env added to the watcher's environment */
  static start(origins: readonly string[], { discovery = false, env = {} } = {}): Watching {
    const watching = new Watching(env);
    watching.#ask({ do: 'watch', origins, discovery });
    return watching;
  }

  /** The event loop of the watcher stands still from now on. */
  standStill(forMs: number): void {
    this.#ask({ do: 'standStill', forMs });
  }

  steps(): readonly Step[] {
    return this.seen.filter((seen) => seen.is === 'step');
  }

  /** The first step of a daemon since then that is as wanted. */
  step(origin: string, sinceAt: number, what: string, isWanted: (step: Step) => boolean): Promise<Step> {
    return this.first(
      `${what}, ${origin}`,
      (seen): seen is Step =>
        seen.is === 'step' && seen.origin === origin && seen.at >= sinceAt && isWanted(seen),
    );
  }

  /** The first that is as wanted, be it seen already or to come. @throws where there is none in time */
  first<S extends Seen>(what: string, isWanted: (seen: Seen) => seen is S): Promise<S> {
    const known = this.seen.find(isWanted);
    if (known) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#news.off('seen', look);
        reject(new Error(`waited ${LONGEST_WAIT_MS / 1_000} s in vain: ${what}`));
      }, LONGEST_WAIT_MS);
      const look = (seen: Seen) => {
        if (!isWanted(seen)) return;
        clearTimeout(timer);
        this.#news.off('seen', look);
        resolve(seen);
      };
      this.#news.on('seen', look);
    });
  }

  end(): void {
    if (this.#process.connected) this.#process.disconnect();
  }

  #ask(request: WatcherRequest): void {
    this.#process.send(request);
  }
}
