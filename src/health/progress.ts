import type { Owing, ProofBy, SeriesUnknown, SignUnknown } from './cause';
import type { SeriesBy } from './seriesRed';

/** The poll cycles of a daemon's loop, as far as this answer tells them. Moments are epoch ms on the daemon's own clock. */
export interface Cycles {
  readonly kind: 'cycles';
  /** When the last cycle started; it may still be in flight. */
  readonly startedAt?: number;
  /** When the last whole cycle completed. */
  readonly completedAt?: number;
  /** The daemon's own word on whether its loop hangs. */
  readonly stale?: boolean;
}

/** What a daemon of an unknown make gives as a proof. Moments are epoch ms on the daemon's own clock. */
export interface Signs {
  readonly kind: 'signs';
  readonly by: ProofBy;
  /** The last moment at which it is known to have got on; absent where none is known. */
  readonly provenAt?: number;
  /** Since when it owes the next sign; absent where it owes none, as it has nothing to do. */
  readonly owedSinceAt?: number;
  /** How much waits, where nothing is under way: nobody may be there to do it, or it is held back on purpose. */
  readonly waiting?: number;
  /** Why this answer proves nothing; the two moments are absent then. */
  readonly unknown?: SignUnknown;
  /** What of several owes the sign. */
  readonly of?: Owing;
  /** What may hang, and may as well be at work for so long. */
  readonly suspect?: Suspect;
  /** However long it owes a sign, that alone proves no hang. */
  readonly isNeverRed?: boolean;
  /** It was told at a look before this one: no moment decides anything until it is asked for again. */
  readonly isToldBefore?: true;
}

/** Work of which nobody can tell from outside whether it hangs. */
export interface Suspect extends Owing {
  /** `silent`: at work, and no sign of that; `longRun`: a run that goes on and on. */
  readonly is: 'silent' | 'longRun';
  /** Since when. Epoch ms on the daemon's own clock. */
  readonly sinceAt: number;
}

/** One series of a fleet: what a Prometheus measures of one daemon. Moments are epoch ms on the clock of Prometheus. */
export interface Series {
  /** Its labels, which no other has. */
  readonly key: string;
  readonly name: string;
  /** The last moment at which its daemon is known to have got on. */
  readonly provenAt?: number;
  /** Since when the daemon owes the next sign, or is in a bad state. */
  readonly owedSinceAt?: number;
  /** Its value is bad by itself, for however short it has been so. */
  readonly isBad?: true;
  /** The value, where that is a state. */
  readonly value?: number;
  /** Why it proves nothing now. */
  readonly unknown?: SeriesUnknown;
}

/** What a Prometheus tells of many daemons. */
export interface Fleet {
  readonly kind: 'fleet';
  readonly by: SeriesBy;
  /** Above it a series is red: in ms, of a state the figure itself. */
  readonly limit: number;
  readonly series: readonly Series[];
  /** How many more there are, of which nothing is read. */
  readonly unread: number;
  /** What Prometheus warns of: it may have left series out. */
  readonly warning?: string;
  /** Where no series is told: how many targets Prometheus measures, and how many of these answer it. */
  readonly targets?: { readonly up: number; readonly of: number };
}

/** What an answer tells of the daemon's loop. */
export type Progress =
  | Cycles
  | Signs
  | Fleet
  /**
   * Nothing. `kind`: no daemon of this kind ever tells. `version`: other versions of this kind tell, this one does not.
   * `settings`: nobody said what proves it.
   *
   * @property answersItself the loop itself answers: an answer proves that it turns, and not that it takes in work
   */
  | {
      readonly kind: 'untold';
      readonly by: 'kind' | 'version' | 'settings';
      readonly answersItself?: boolean;
    };
