import { join } from 'node:path';
import * as v from 'valibot';
import { compareBoots } from '../../system/bootId';
import type { Clock } from '../clock';
import { withUnknownKeys, type UnknownKeys } from '../../system/unknownKeys';
import { readState, writeJson, writeJsonSync, type StateRead } from '../../system/stateFile';

/** How this life of the daemon began. */
export type StartKind = 'first-start' | 'restart' | 'reboot';

/** How the life before it ended; `killed` is whatever left no word: kill -9, out of memory, power. */
export type ExitKind = 'clean' | 'crashed' | 'killed';

/** In the state folder. */
export const LIFECYCLE_FILE = 'lifecycle.json';

const Life = v.object({
  instanceId: v.string(),
  bootId: v.string(),
  startedAt: v.number(),
  /** The last heartbeat. */
  aliveAt: v.number(),
  /** How long it had lived by then, on the monotonic clock. Absent in what versions up to 0.1 wrote. */
  upMs: v.optional(v.number()),
  /** Absent while it lives, and for ever if it was killed. */
  exit: v.optional(
    v.object({ kind: v.picklist(['clean', 'crashed']), at: v.number(), reason: v.optional(v.string()) }),
  ),
});
export type Life = v.InferOutput<typeof Life>;
export type PreviousLife = StateRead<Life>;

export interface LastExit {
  readonly kind: ExitKind;
  /** Epoch milliseconds; of a kill, the last sign of life. */
  readonly at: number;
  readonly upMs: number;
  readonly reason?: string;
}

/**
 * `reboot` needs two known boot ids that differ; a failed detection, then or now, is a plain restart. Also a file
 * that cannot be read proves that this is not the first start.
 */
export function startKind(previous: PreviousLife, bootId: string): StartKind {
  if (previous.kind === 'absent') return 'first-start';
  if (previous.kind === 'set-aside') return 'restart';
  return compareBoots(previous.value.bootId, bootId) === 'different' ? 'reboot' : 'restart';
}

/** How the life before this one ended; `undefined` where nothing is known of one. */
export function lastExit(previous: PreviousLife): LastExit | undefined {
  if (previous.kind !== 'read') return undefined;
  const { exit, startedAt, aliveAt, upMs = (exit?.at ?? aliveAt) - startedAt } = previous.value;
  const at = exit?.at ?? Math.max(aliveAt, startedAt);
  return {
    kind: exit?.kind ?? 'killed',
    at,
    upMs: Math.max(0, upMs),
    ...(exit?.reason !== undefined && { reason: exit.reason }),
  };
}

/** Keeps `lifecycle.json` for the next life. */
export class Lifecycle {
  #ended = false;
  #missed = false;
  #lastBeat: Promise<void> = Promise.resolve();
  readonly #bornMs: number;
  /** What a newer version wrote more. */
  readonly #unknown: UnknownKeys | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly stateDir: string,
    private readonly life: Omit<Life, 'aliveAt' | 'upMs' | 'exit'>,
    previous?: PreviousLife,
  ) {
    this.#bornMs = clock.monotonicMs();
    if (previous?.kind === 'read') this.#unknown = previous.unknown;
  }

  static readPrevious(stateDir: string, wallMs: number): Promise<PreviousLife> {
    return readState(lifecycleFile(stateDir), Life, wallMs);
  }

  /** "I live." @throws StateNotWritten */
  async beat(): Promise<void> {
    if (this.#ended) return;
    // Without fsync: a heartbeat every few seconds must not keep a disk awake.
    this.#lastBeat = writeJson(lifecycleFile(this.stateDir), this.#file(), false);
    try {
      await this.#lastBeat;
      this.#missed = false;
    } catch (error) {
      this.#missed = true;
      throw error;
    }
  }

  /** Writes the beat that could not be written; nothing where none is missing. @throws StateNotWritten */
  async catchUp(): Promise<void> {
    if (this.#missed) await this.beat();
  }

  /** Ends on request. */
  async endCleanly(): Promise<void> {
    this.#ended = true;
    // A beat on its way to the disk must not overtake the last word.
    await this.#lastBeat.catch(() => {});
    this.end('clean');
  }

  /** The last word; synchronous, because after a crash nothing can be awaited. */
  end(kind: 'clean' | 'crashed', reason?: string): void {
    this.#ended = true;
    const exit = { kind, at: this.clock.wallMs(), ...(reason !== undefined && { reason }) };
    writeJsonSync(lifecycleFile(this.stateDir), { ...this.#file(), exit });
  }

  #file() {
    const upMs = this.clock.monotonicMs() - this.#bornMs;
    return withUnknownKeys({ version: 1, ...this.life, aliveAt: this.clock.wallMs(), upMs }, this.#unknown);
  }
}

function lifecycleFile(stateDir: string): string {
  return join(stateDir, LIFECYCLE_FILE);
}
