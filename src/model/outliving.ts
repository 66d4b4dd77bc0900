/** A process that a daemon had started, as a sentence names it, and its birth where the system tells it. */
export interface Offspring {
  readonly pid: number;
  /** `claude`, `node agent.js`: cleaned and bounded. */
  readonly name: string;
  /** The title of the session that it works for, where that is known. */
  readonly session?: string;
  /** Epoch ms. */
  readonly startedAtMs?: number;
  /** Since the machine's start. Linux only. */
  readonly startTicks?: number;
  /** It is in a group of its own: what ends the group of its daemon leaves it. Absent where that is not known. */
  readonly isApart?: boolean;
  /** It is never ended by us: it serves others, too, or belongs to somebody else. */
  readonly isKept?: boolean;
}

/** What a daemon that was ended had started, as far as it is known. */
export interface Outlived {
  /** Those that still run. */
  readonly left: readonly Offspring[];
  /** How many of them were ended, as the user had said. */
  readonly ended: number;
  /** What was said of them before the daemon was to be started; absent where nobody was asked. */
  readonly answer?: OutlivingAnswer | 'none' | 'tooLate';
}

/** What to do with those that still run, before the daemon is started. */
export type OutlivingAnswer = 'end' | 'leave';
