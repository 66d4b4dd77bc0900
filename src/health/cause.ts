import type { NoAnswerCause } from '../base/errors';
import type { KindId } from './kindId';
import type { SeriesBy, SeriesRed } from './seriesRed';

/*
 * What happened, as codes with their figures: `words/` has the sentences. A text here is somebody else's: a daemon's or
 * the system's own words, cleaned and bounded.
 */

/** A field of an answer that is not what it should be. `field` is its path, such as `health.pollStale`. */
export type Malformed = { readonly field: string } & (
  | { readonly is: 'missing' }
  /** In the words of the schema: `boolean`, `"yes"`. */
  | { readonly is: 'wrong'; readonly expected: string; readonly received: string }
  | { readonly is: 'noTime' | 'noAbsolutePath' | 'noPathHere' | 'noAgentHealth' | 'noId' }
  /** Neither a time with its zone nor seconds or milliseconds since 1970. */
  | { readonly is: 'noMoment'; readonly received: string }
  /** A file of the daemon's own, by its path in the daemon's folder. */
  | { readonly is: 'unreadableFile' }
);

/** Why an answer is not that of a daemon. */
export type StrangeAnswer =
  | { readonly is: 'login'; readonly status: number; readonly said?: string }
  | { readonly is: 'redirect'; readonly status: number; readonly to: string | undefined }
  | {
      readonly is:
        'noStatusRoute' | 'webPage' | 'empty' | 'noJson' | 'noObject' | 'noInstance' | 'noDatabase';
    }
  | { readonly is: 'httpError'; readonly status: number; readonly isPage: boolean; readonly said?: string }
  | { readonly is: 'asksToWait'; readonly status: number; readonly waitMs: number }
  | { readonly is: 'compressed'; readonly by: string }
  | { readonly is: 'cached'; readonly ageMs: number }
  | { readonly is: 'noStatus'; readonly malformed: readonly Malformed[] }
  /** The answer of another kind; or, where `kind` was waited for, of none that is known. */
  | { readonly is: 'answerOf' | 'noHealthOf' | 'otherVersion'; readonly kind: KindId }
  | { readonly is: 'noAddress' | 'unknownKind' }
  /** Of a Prometheus: the answer is none, or no list of series. @property type `scalar`, `matrix` */
  | { readonly is: 'noPrometheus' }
  | { readonly is: 'noVector'; readonly type: string }
  /** Of a daemon of an unknown make: there is no such path; or the answer is in no usual shape of a health answer. */
  | { readonly is: 'nothingAtPath' | 'noShape' }
  /** Of a file of a daemon's: a folder or a device, or not ours to read; or its JSON has no end. @property file its path, to be shown */
  | { readonly is: 'noPlainFile' | 'fileNotReadable' | 'halfFile'; readonly file: string }
  /** Of a command that tells of a daemon. @property command its program */
  | { readonly is: 'noCommand' | 'commandRefused'; readonly command: string }
  | { readonly is: 'commandTooLong'; readonly command: string; readonly maxBytes: number }
  /** @property exitCode `null` where a signal ended it. @property said its last words */
  | {
      readonly is: 'commandFailed';
      readonly command: string;
      readonly exitCode: number | null;
      readonly said?: string;
    }
  | { readonly is: 'fileTooLong'; readonly file: string; readonly maxBytes: number };

/** Why a poll brought no report. */
export type Cause =
  | NoAnswerCause
  | StrangeAnswer
  | {
      readonly is: 'statusHangs';
      readonly withinMs: number | undefined;
      readonly healthRoute: 'answers' | 'answered';
    }
  /** The Prometheus that measures a fleet does not answer, or cannot: nothing is known of the daemons. */
  | { readonly is: 'prometheusSilent'; readonly why: NoAnswerCause }
  | { readonly is: 'prometheusFails'; readonly status: number; readonly said?: string }
  | { readonly is: 'editorStoodStill'; readonly stoodStillMs: number }
  /** An error that nobody expected. */
  | { readonly is: 'unexpected'; readonly error: string };

/** What shows that CPU is short, for the machine or for the daemon alone. */
export type Shortage =
  | { readonly is: 'manyProcesses'; readonly runnable: number; readonly cores: number }
  | { readonly is: 'cpuLimit' }
  | { readonly is: 'editorLate'; readonly lateMs: number };

/** Why a daemon says that it cannot work. */
export type Unavailable =
  | { readonly is: 'said'; readonly said: string | undefined }
  /** @property agent its name; `undefined` for the main one. @property others how many more crashed */
  | {
      readonly is: 'agentCrashed';
      readonly agent: string | undefined;
      readonly others: number;
      readonly said: string | undefined;
    };

/** By what the user lets a daemon of an unknown make prove that it gets on with its work. */
export type ProofBy = 'time' | 'age' | 'counter' | 'due' | 'beat';

/** Why a loop counts as hung. */
export type Stale =
  | { readonly is: 'pollStale' }
  /** As the daemon told it afterwards. */
  | { readonly is: 'cycleLate' }
  | { readonly is: 'cycleInFlight' | 'lastCycle'; readonly thresholdMs: number }
  /** By our own clock: that of the daemon was set back, and tells nothing. */
  | { readonly is: 'unchanged'; readonly thresholdMs: number }
  /** By what the user named as the proof. */
  | { readonly is: 'noSign'; readonly by: ProofBy; readonly thresholdMs: number; readonly of?: Owing }
  | SeriesRed;

/** One of several things that a daemon owes a sign of. */
export interface Owing {
  /** Absent where it has none. */
  readonly name?: string;
  /** How many more owe theirs, each for too long. */
  readonly others: number;
}

/** Why nothing is known of a loop. */
export type LoopUnknown =
  | { readonly is: 'untoldByKind'; readonly kind: KindId }
  /** The loop turns, since it answers; nothing tells whether it takes in work. */
  | { readonly is: 'intakeUntold' }
  | { readonly is: 'untoldByVersion' | 'noCycleTimes' | 'timesInFuture' | 'timesContradict' }
  | { readonly is: 'begunInVain'; readonly forMs: number }
  | SignUnknown
  /** The user named no proof of progress. */
  | { readonly is: 'noProofNamed' }
  /** A query gives nothing. @property targets how many that Prometheus measures, and how many of these answer it */
  | { readonly is: 'noSeries'; readonly targets?: { readonly up: number; readonly of: number } }
  /** @property name of the first of them @property why that one is not known */
  | {
      readonly is: 'seriesUnknown';
      readonly name: string;
      readonly count: number;
      readonly of: number;
      readonly why: SeriesUnknown;
    }
  | { readonly is: 'seriesWarned'; readonly said: string }
  /** There are more than are read. */
  | { readonly is: 'seriesUnread'; readonly read: number; readonly of: number }
  /** It has nothing to do, and has shown nothing for longer than the threshold, or since it is watched. */
  | { readonly is: 'nothingOwed' }
  /** So much waits, and nothing is under way: nobody is there to do it, or it is held back on purpose. */
  | { readonly is: 'nobodyWorks'; readonly waiting: number }
  /** It has something to do, and has shown nothing yet. */
  | { readonly is: 'noSignYet'; readonly by: ProofBy };

/** Why what a daemon of an unknown make says proves nothing. */
export type SignUnknown =
  | { readonly is: 'malformed'; readonly malformed: readonly Malformed[] }
  /** The time that would prove it was never set. */
  | { readonly is: 'noSuccessYet' }
  | { readonly is: 'signInFuture' }
  /** What tells of it besides the status did not. */
  | { readonly is: 'signUntold'; readonly cause: Cause };

/** Why nothing is known of a series. `vanished`: it was there, and is no more. */
export type SeriesUnknown =
  Exclude<SignUnknown, { readonly is: 'signUntold' }> | { readonly is: 'vanished' | 'notMovedYet' };

/** What makes a daemon's timestamps old although nothing hangs. */
export type Unsettled = 'woke' | 'clockSet' | 'started';

/** Why a daemon is in its state. */
export type Reason =
  | {
      readonly is:
        | 'restarting'
        /** The daemon did not run: no restart. */
        | 'startingByUs'
        | 'restartingElsewhere'
        | 'stoppedByUs'
        | 'loopStopped'
        | 'saysStopped'
        | 'hasEnded'
        | 'starting'
        | 'firstCycle';
    }
  /** As the daemon told it afterwards: how its life before ended. */
  | { readonly is: 'lifeEnded'; readonly how: 'crashed' | 'killed' }
  | { readonly is: 'flapping' | 'notAsked' | 'loopAdvances' | 'nothingTells' }
  /** By what the user named as the proof. */
  | { readonly is: 'getsOn'; readonly by: ProofBy }
  | { readonly is: 'allGetOn'; readonly by: SeriesBy; readonly count: number }
  /** @property resumesAt when the pause is to end, where that is still to come. Epoch ms, both on the daemon's clock */
  | { readonly is: 'paused'; readonly resumesAt?: number; readonly daemonNow?: number }
  /** @property overdueMs since when the pause should be over */
  | { readonly is: 'pauseOverdue'; readonly overdueMs: number }
  /** @property command the program that is asked of the daemon, and does not end */
  | { readonly is: 'unanswered'; readonly forMs: number; readonly command?: string }
  | { readonly is: 'statusUnanswered'; readonly forMs: number }
  /** @property cause of the last failure. @property isMixed the others failed for other causes */
  | {
      readonly is: 'wentAway';
      readonly cause: Cause;
      readonly count: number;
      readonly forMs: number;
      readonly isMixed: boolean;
    }
  /** @property said why, as it was told when the start failed */
  | { readonly is: 'startFailed'; readonly said: string }
  | { readonly is: 'neverSeen' | 'wrongAnswer' | 'cannotTell' | 'notYetAnOutage'; readonly cause: Cause }
  | { readonly is: 'unavailable'; readonly why: Unavailable }
  | { readonly is: 'answersErrors'; readonly cause: Cause }
  | { readonly is: 'loopHangs'; readonly stale: Stale }
  | { readonly is: 'stuckQueue'; readonly ready: number | undefined }
  | { readonly is: 'startsNothing'; readonly ready: number; readonly free: number; readonly forMs: number }
  | { readonly is: 'mergesStuck'; readonly count: number }
  | { readonly is: 'turnHangs'; readonly count: number }
  /** Work that may hang. @property forMs for how long there was no sign of it, or it has run */
  | ({ readonly is: 'suspectSilent' | 'suspectRun'; readonly forMs: number } & Owing)
  /** @property dueAt since when. Epoch ms, both on the daemon's clock. @property others how many more are */
  | {
      readonly is: 'jobOverdue';
      readonly name: string;
      readonly dueAt: number;
      readonly daemonNow: number;
      readonly others: number;
    }
  | { readonly is: 'slow'; readonly shortage: Shortage; readonly cause: Cause }
  | { readonly is: 'unsettled'; readonly why: Unsettled }
  | { readonly is: 'loopUnknown'; readonly why: LoopUnknown };

/** Why a look at a daemon does not prove, or not yet prove, that a new and working instance is there. */
export type Unproven =
  /** Nobody answers; or somebody does, and not as a daemon does. */
  | { readonly is: 'noAnswer' | 'wrongAnswer'; readonly cause: Cause }
  | {
      readonly is: 'oldInstance' | 'starting' | 'loopStopped' | 'noCycleYet' | 'cyclesUntold' | 'stateUntold';
    }
  | { readonly is: 'unavailable'; readonly why: Unavailable }
  | { readonly is: 'loopHangs'; readonly stale: Stale }
  | { readonly is: 'loopUnknown'; readonly why: LoopUnknown };

/** Whether two reasons have the same codes: other figures, or other words of a daemon, are no new reason. */
export function isSameReason(one: Reason, other: Reason): boolean {
  return codesOf(one) === codesOf(other);
}

function codesOf(reason: Reason): string {
  const { cause, why, stale } = reason as Partial<Record<'cause' | 'why' | 'stale', string | { is: string }>>;
  return [{ is: reason.is }, cause, why, stale]
    .map((part) => (typeof part === 'object' ? part.is : part))
    .join();
}
