import type { Cadence } from './cadence';
import type { KnownDeadlines } from './deadlines';
import type { History } from './history';
import type { NewLife } from './instances';
import type { KnownInstance } from './knownInstance';
import type { ProcessFate } from './proof';
import type { EndedSession, Lost } from './interrupted';
import type { KnownWork } from './workNews';
import type { Report, Sample } from './report';
import type { CompactSample } from './samples';
import type { RestartElsewhere, Track } from './trackState';
import type { RestartEnd } from './ownRestart';

/** Everything that is known of one daemon. Replaced at every step, never changed. */
export interface Watched {
  readonly track: Track;
  readonly history: History | undefined;
  /** The last samples, oldest first. */
  readonly samples: readonly CompactSample[];
  readonly deadlines: KnownDeadlines | undefined;
  readonly work: KnownWork | undefined;
  readonly instance: KnownInstance | undefined;
  /** Monotonic ms of the restarts of the last minutes that nobody asked for, oldest first. */
  readonly restartsMs: readonly number[];
  /** Work that its restarts interrupted and that the daemon itself does not remember, the newest first. */
  readonly lost: readonly Lost[];
  /** Who holds its port, where the system tells and the daemon does not. */
  readonly holder?: Holder;
  /** What the world was asked, and has not answered yet. */
  readonly questions: readonly Question[];
  /** Monotonic ms when the daemon is to be asked next; `Infinity` while the answer is awaited. */
  readonly askDueMs: number;
  /** Monotonic ms when a countdown of its sessions shows something else; `Infinity` where nothing is to be counted. */
  readonly countDueMs: number;
}

/** A process that holds a port, and its birth in epoch ms. */
export interface Holder {
  readonly pid: number;
  readonly startedAtMs: number;
}

/** What only the world outside can tell. The answer is an input that names the question. */
export type Question =
  /** What became of the process that was seen to be the daemon. */
  | { readonly kind: 'processFate' }
  /** Which of the sessions that are gone had ended before the restart, as far as the daemon remembers. */
  | (NewLife & {
      readonly kind: 'endedSessions';
      readonly agentIds: readonly string[];
      /** The answer in which the new life was seen. */
      readonly report: Report;
    });

/** What moves a daemon on. */
export type Input =
  /** Time has passed. */
  | { readonly kind: 'tick' }
  /** @property timerLateMs how late the timer of this poll came, where the clocks do not tell of sleep */
  | {
      readonly kind: 'sample';
      readonly sample: Sample;
      readonly timerLateMs: number;
      readonly cadence: Cadence;
      /** The restart that another window has under way. */
      readonly restart?: RestartElsewhere;
    }
  | { readonly kind: 'processFate'; readonly question: Question; readonly fate: ProcessFate }
  /** Who holds its port has been found: of a dead daemon nobody can find that out any more. */
  | { readonly kind: 'holder'; readonly holder: Holder }
  | {
      readonly kind: 'endedSessions';
      readonly question: Question;
      readonly ended: readonly EndedSession[];
    }
  /** Our own restart begins: until it ends nothing is an outage. */
  | { readonly kind: 'restartBegan' }
  /** Who answers now is not the old instance: our restart has proven that. */
  | { readonly kind: 'instanceProven' }
  | { readonly kind: 'restartEnded'; readonly end: RestartEnd; readonly cadence: Cadence }
  /** The user stopped it through us: silence is now what was asked for. */
  | { readonly kind: 'stoppedByUs' }
  /** The user has seen that a start failed. */
  | { readonly kind: 'startFailureSeen' }
  | { readonly kind: 'userLooks' }
  /** Somebody dealt with work that a restart interrupted. */
  | { readonly kind: 'lostDismissed'; readonly id: string };

/** A daemon of which nothing but its track is known. */
export function beginWatched(track: Track): Watched {
  return {
    track,
    history: undefined,
    samples: [],
    deadlines: undefined,
    work: undefined,
    instance: undefined,
    restartsMs: [],
    lost: [],
    questions: [],
    askDueMs: Infinity,
    countDueMs: Infinity,
  };
}
