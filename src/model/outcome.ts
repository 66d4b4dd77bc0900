import type { MessageCode } from '../base/errors';
import type { Cause, Unproven } from '../health/cause';
import type { WorkMade } from '../health/workMade';
import type { Offspring, Outlived } from './outliving';
import type { AtPort, HowEnded, NamedProcess } from './process';
import type { Refusal } from './refusal';
import type { RestartRefusal } from './restartRefusal';
import type { Exit } from './startFailure';

/*
 * How a restart or a stop ended, as codes with their figures; the sentences stand in words/outcomes.ts. `port` is that
 * of the daemon's address; `undefined` where it has none.
 */

/** What a restart that was cancelled leaves behind. */
export type Left = 'unchanged' | 'ending' | 'stopped' | 'started';

/** Why who answers is not proven to be started by a restart. */
export type NotOurs =
  | { readonly is: 'unnamed'; readonly port: number | undefined }
  /** Of the first two it is certain that the restart did not start them. */
  | (AtPort & { readonly is: 'otherUsers' | 'ranBefore' | 'passesOn' | 'inContainer' | 'unproven' });

/** What was seen last of a daemon that is not proven to work. */
export type Seen =
  | { readonly is: 'neverAnswered' }
  | { readonly is: 'silent'; readonly cause: Cause | undefined }
  /** @property pid `undefined` where it is not known */
  | { readonly is: 'oldAnswers'; readonly pid: number | undefined }
  | { readonly is: 'newAnswers'; readonly why: Unproven }
  | { readonly is: 'notOurs'; readonly who: NotOurs };

/** Why a restart failed. */
export type RestartFailure =
  | RestartRefusal
  | Refusal
  | Cause
  | (AtPort & { readonly is: 'oldStays' })
  /** What the old process had started could not be ended. */
  | { readonly is: 'offspringStays'; readonly process: Offspring }
  /** @property process `undefined` where it is another user's */
  | { readonly is: 'portHeld'; readonly port: number; readonly process: NamedProcess | undefined }
  | { readonly is: 'strangerAnswers'; readonly who: NotOurs }
  /** The start command failed, and somebody answers. @property who `undefined` for what the command started */
  | {
      readonly is: 'commandFailed';
      readonly exit: Exit;
      readonly who: NotOurs | undefined;
      readonly process: NamedProcess | undefined;
      readonly port: number | undefined;
    }
  | MessageCode;

/** What was written down of a daemon in trouble before anything was changed. */
export interface KeptReport {
  readonly file: string;
  /** What its hang came to, as a clause: "waited for 28 s, most likely for its child process; 0 % CPU". */
  readonly found?: string;
}

/** How a restart ended, as was seen. */
export type Outcome = {
  /** The daemon's name. */
  readonly daemon: string;
  /** What became of the work, as far as it is known. */
  readonly work?: WorkMade;
  /** The errors that the new process wrote to its log: how many, and the last one in its own words. */
  readonly startErrors?: { readonly count: number; readonly last: string };
  /** The processes that the old daemon had started and that outlived it; absent where there are none. */
  readonly outlived?: Outlived;
  readonly report?: KeptReport;
  /** What the evidence leaves open in the daemon until that ends, as a clause. */
  readonly leftOpen?: string;
} & (
  | {
      readonly kind: 'cured' | 'unproven';
      readonly tookMs: number;
      /** What became of the process that ran before; `undefined` where we did not end it. */
      readonly ended?: HowEnded;
      /** A process ran before. */
      readonly isRestart: boolean;
      /** Why its work is not proven: of an `unproven` one. */
      readonly why?: Unproven;
      /** The process that this restart is proven to have started. */
      readonly process?: NamedProcess;
    }
  /** It answers, and who answers is not proven to be started by this restart. */
  | { readonly kind: 'unproven'; readonly tookMs: number; readonly notOurs: NotOurs }
  | { readonly kind: 'cancelled'; readonly left: Left }
  | {
      readonly kind: 'failed';
      readonly why: RestartFailure;
      /** The old process has ended, and nothing was started. */
      readonly isStopped: boolean;
      /** Nothing runs now: the new process could not be started. */
      readonly nothingRuns: boolean;
    }
  /** Started, and not proven in time; one may wait on. */
  | {
      readonly kind: 'late';
      readonly afterMs: number;
      readonly exit?: Exit;
      readonly seen: Seen;
      /** Nothing answers. */
      readonly nothingRuns: boolean;
    }
);

/** How a stop ended. */
export type StopOutcome = { readonly daemon: string } &
  /** @property port of its address; without an address no process is known to be the daemon */
  (
    | { readonly kind: 'stopped'; readonly is: 'notRunning'; readonly port: number | undefined }
    | {
        readonly kind: 'stopped';
        readonly is: 'ended';
        readonly pid: number;
        readonly how: HowEnded;
        readonly tookMs: number;
        /** As of a restart. */
        readonly outlived?: Outlived;
      }
    /** @property isAsked the process was asked to end, and may still do so */
    | { readonly kind: 'cancelled'; readonly pid: number; readonly isAsked: boolean }
  );
