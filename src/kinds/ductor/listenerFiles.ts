import { setTimeout as delay } from 'node:timers/promises';
import type { Env } from '../kind';
import type { SubAgent } from './agents';
import { DuctorState, type DuctorFiles } from './files';
import { findPlace, type Place } from './place';
import { PLACE_RELOOK_MS, PLACE_WAIT_MS } from './policy';

/** Finds the files of the ductor that listens at an address of this machine, and reads them. */
export class ListenerFiles {
  readonly #homes = new Map<string, DuctorState>();
  #place: Place | undefined;
  #looking: Promise<void> | undefined;
  #lookedMs = -Infinity;
  #reading: Promise<DuctorFiles | undefined> | undefined;
  /** The files that were last proven to be the daemon's. */
  #proven: DuctorState | undefined;
  /** The process whose place is known. */
  #pid: number | undefined;

  constructor(
    private readonly host: string,
    private readonly port: number,
    private readonly env: Env,
    private readonly wallAt: () => number,
    private readonly find: typeof findPlace = findPlace,
  ) {}

  /**
   * `undefined` where there are none of this daemon's here, or they are not to be had in time. Never rejects.
   *
   * @param timeoutMs how long they are waited for
   * @param subAgents the agents besides the main one whose work is asked for
   */
  async read(timeoutMs: number, subAgents: readonly SubAgent[] = []): Promise<DuctorFiles | undefined> {
    // A folder that hangs holds one read, however often it is asked for.
    this.#reading ??= this.#read(subAgents)
      .catch(() => undefined)
      .finally(() => (this.#reading = undefined));
    return Promise.race([this.#reading, delay(timeoutMs, undefined, { ref: false })]);
  }

  /** What the files tell of the end of the daemon that answered last; `undefined` where there were none. Never rejects. */
  async end() {
    return this.#proven?.end();
  }

  /** The lives that the log of the daemon that answered last tells of; `undefined` where there is none. Never rejects. */
  async lives() {
    return this.#proven?.lives();
  }

  /** Who answers next may be another process. */
  forget(): void {
    this.#place = undefined;
    this.#looking = undefined;
    this.#pid = undefined;
  }

  async #read(subAgents: readonly SubAgent[]): Promise<DuctorFiles | undefined> {
    // A look that takes longer is waited for once.
    if (!this.#place && !this.#looking) {
      await Promise.race([this.#look(), delay(PLACE_WAIT_MS, undefined, { ref: false })]);
    }
    const place: Place | undefined = this.#place;
    let unproven: DuctorFiles | undefined;
    for (const home of place?.homes ?? []) {
      const files = this.#filesOf(home);
      const found = await files.read(subAgents, place?.capMs);
      const pid = found?.instance?.pid;
      if (pid !== undefined) {
        // Another process has another environment.
        if (this.#pid !== undefined && this.#pid !== pid) void this.#look();
        this.#pid = pid;
        this.#proven = files;
        return found;
      }
      unproven ??= found;
    }
    if (performance.now() - this.#lookedMs >= PLACE_RELOOK_MS) void this.#look();
    return unproven;
  }

  /** Only one at a time. Never rejects. */
  #look(): Promise<void> {
    if (this.#looking) return this.#looking;
    const looking = this.find(this.host, this.port, this.env).then((place) => {
      // Forgotten meanwhile, it was another process's.
      if (this.#looking !== looking) return;
      this.#place = place;
      this.#lookedMs = performance.now();
      this.#looking = undefined;
    });
    this.#looking = looking;
    return looking;
  }

  #filesOf(home: string): DuctorState {
    const files = this.#homes.get(home) ?? new DuctorState(home, this.port, this.wallAt);
    this.#homes.set(home, files);
    return files;
  }
}
