import type { Instant } from '../base/time';
import type { Unsettled } from './cause';
import type { Incident, Notice } from './incident';
import type { Overdue } from './overdue';
import type { Report, Sample } from './report';
import type { Loop } from './loop';
import type { BegunCycles, NewestTime } from './staleness';
import type { DaemonState } from './states';
import type { KnownSeries, ToldSeries } from './vanished';
import type { KeptWaiting, Waiting } from './waiting';
import type { Facts, Streak, Verdict } from './verdict';

/** Another window of this machine restarts a daemon. */
export interface RestartElsewhere {
  /** Epoch ms by the clock of that window. */
  readonly beganAt: number;
}

/** What of it survives a window. */
export interface KeptTrack {
  readonly seenUpAt?: number;
  readonly stoppedByUs?: boolean;
  /** Why the last start through us failed. */
  readonly startFailed?: string;
  /** It ended in good order, by no doing of ours. */
  readonly hasEnded?: boolean;
  /** Work that waited, where the daemon could have started some. */
  readonly waiting?: KeptWaiting;
  /** The series that a fleet told of. */
  readonly series?: readonly ToldSeries[];
}

/** What a daemon last said of its own end. */
export interface KnownEnding {
  /** All of it says so. */
  readonly isWhole: boolean;
  /** How many of its parts say so. */
  readonly parts: number;
  /** Monotonic ms since when; absent where it was so when we first looked. */
  readonly sinceMs?: number;
}

/** Everything remembered about one daemon. Replaced at every sample, never changed. */
export interface Track {
  readonly configured: boolean;
  /** Epoch ms of the last good answer, kept across windows. */
  readonly seenUpAt?: number | undefined;
  readonly stoppedByUs: boolean;
  /** Why its last start through us failed: until it answers, is started or stopped again, or this is dismissed. */
  readonly startFailed?: string | undefined;
  /** How it ended: by itself in good order, after which its silence is no outage until it answers; or by a restart. */
  readonly ended?: 'byItself' | 'byRestart' | undefined;
  /** What it last said of its own end. */
  readonly ending?: KnownEnding | undefined;
  /** After our stop: until when, in monotonic ms, the process may still be answering while it ends. */
  readonly endingUntilMs?: number | undefined;
  readonly restarting: boolean;
  /** Another window restarts it: what its lock says, and the monotonic ms when this window first saw that. */
  readonly elsewhere?: (RestartElsewhere & { readonly sinceMs: number }) | undefined;
  readonly samples: number;
  readonly sampledAt?: Instant | undefined;
  readonly sample?: Sample | undefined;
  /** The last good answer. Kept through failures, so that a failing daemon never blanks the tree. */
  readonly last?:
    { readonly report: Report; readonly loop: Loop | undefined; readonly at: Instant } | undefined;
  readonly streak?: Streak | undefined;
  /** Of the last good answers, newest last. */
  readonly latenciesMs: readonly number[];
  /** Newest last; the states before `unstable` is considered. */
  readonly recentStates: readonly DaemonState[];
  readonly flapping: boolean;
  /** What began in the loop since its last completed cycle, as far as was seen. */
  readonly begun?: BegunCycles | undefined;
  /** Since when the last time that its loop told is the same. */
  readonly newest?: NewestTime | undefined;
  /** Work that waits, where the daemon could start some and has not. */
  readonly waiting?: Waiting | undefined;
  /** The series that a fleet told of. */
  readonly series?: KnownSeries | undefined;
  /** Work that the daemon does not get on with. */
  readonly overdue?: Overdue | undefined;
  /** Old timestamps are to be expected since then: the loop has not had its interval to run yet. */
  readonly unsettled?: { readonly sinceMs: number; readonly why: Unsettled } | undefined;
  /** Polls in a row that found it down, since the user last looked: what the backoff grows by. */
  readonly downPolls: number;
  readonly facts: Facts;
  readonly verdict: Verdict;
  readonly incident?: Incident | undefined;
}

export type TrackEvent =
  | { readonly kind: 'transition'; readonly from: Verdict; readonly to: Verdict }
  | { readonly kind: 'notice'; readonly notice: Notice };

export interface Step {
  readonly track: Track;
  readonly events: readonly TrackEvent[];
}
