import { FAILURES_BEFORE_RED, FAILURE_SPAN_MS } from './policy';
import type { Cause, Reason, Unsettled } from './cause';
import { whyHealthy, whyStopped } from './signs';
import { slowness } from './slowness';
import { failsAsDaemon, isNoClient, unanswered } from './failures';
import type { Failure, Report } from './report';
import type { Instant } from '../base/time';
import type { Loop } from './loop';
import { type Severity, SEVERITY, type DaemonState } from './states';
import { whyStuck } from './stuck';
import type { StartsNothing } from './waiting';

/** How much a verdict wants a look: by its state, and amber where nothing runs because a start failed. */
export function severityOf({ state, startFailed }: Pick<Verdict, 'state' | 'startFailed'>): Severity {
  return startFailed ? 'amber' : SEVERITY[state];
}

/** Requests in a row that nobody answered. Times are monotonic; `firstMs` is the start of the first request. */
export interface Streak {
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Why, where all of them failed alike. */
  readonly of?: Cause['is'];
}

/** All that a verdict is made from: the last sample, and what is remembered of those before it. */
export interface Facts {
  readonly restarting: boolean;
  /** What we restart did not run. */
  readonly isStart?: boolean | undefined;
  /** Another window restarts it now. */
  readonly restartingElsewhere?: boolean | undefined;
  readonly report?: Report | undefined;
  readonly loop?: Loop | undefined;
  readonly failure?: Failure | undefined;
  readonly streak?: Streak | undefined;
  /** It answered as a daemon before, here and not too long ago. */
  readonly seenUp: boolean;
  /** The user wrote this daemon into the settings, so silence on its port means something. */
  readonly configured: boolean;
  readonly stoppedByUs: boolean;
  /** Why its last start through us failed, as long as nothing has answered since. */
  readonly startFailed?: string | undefined;
  /** It ended in good order, and has not answered since. */
  readonly hasEnded?: boolean | undefined;
  readonly flapping: boolean;
  /** Ready tasks and free workers for long, and nothing was started. */
  readonly startsNothing?: StartsNothing | undefined;
  /** Other work that the daemon does not get on with. */
  readonly overdue?: Reason | undefined;
  /** Why old timestamps are to be expected now. */
  readonly unsettled?: Unsettled | undefined;
}

/** The one state of a daemon. `reason` is of the moment the state was entered and stays while it lasts. */
export interface Verdict {
  readonly state: DaemonState;
  readonly reason: Reason;
  readonly since: Instant;
  readonly asOf: Instant;
  /** It is offline because a start through us failed. */
  readonly startFailed?: boolean | undefined;
  /** It is stopped, and its process has ended. */
  readonly hasEnded?: boolean | undefined;
  /** Monotonic ms of the last completed poll cycle (or of the first start), for states about the loop. */
  readonly loopSinceMs?: number | undefined;
}

interface Rule {
  readonly state: DaemonState;
  /** The reason where the rule matches. */
  readonly match: (facts: Facts) => Reason | undefined;
}

function isOutage({ streak }: Facts): boolean {
  return (
    streak !== undefined &&
    streak.count >= FAILURES_BEFORE_RED &&
    streak.lastMs - streak.firstMs >= FAILURE_SPAN_MS
  );
}

const isGone = (failure: Failure | undefined): failure is Failure =>
  failure?.kind === 'refused' || failure?.kind === 'reset';

/** The ask tells nothing of the daemon's state, and by no fault of the daemon. */
const isNoFault = ({ kind }: Failure): boolean => kind === 'editorBusy' || kind === 'untold';

const spanMs = ({ firstMs, lastMs }: Streak) => lastMs - firstMs;

/** Nothing listens since a start through us failed, or nothing was asked since. */
const isStartFailed = (f: Facts): f is Facts & { readonly startFailed: string } =>
  f.startFailed !== undefined && !f.report && (!f.failure || isGone(f.failure));

/** Nobody is there since it ended in good order. */
const isEnded = (f: Facts) => f.hasEnded === true && isGone(f.failure);

/** Nobody wrote it into the settings and it never was there: it is only looked for. */
const isOnlyLookedFor = (f: Facts) => !f.seenUp && !f.configured;

/** The state table: the first rule that matches decides. Its order is part of the product. */
export const RULES: readonly Rule[] = [
  {
    state: 'restarting',
    match: (f) =>
      (f.restarting && { is: f.isStart ? 'startingByUs' : 'restarting' }) ||
      (f.restartingElsewhere ? { is: 'restartingElsewhere' } : undefined),
  },
  {
    state: 'unresponsive',
    match: (f) => {
      if (!isOutage(f) || !f.streak || isOnlyLookedFor(f) || slowness(f) !== undefined) return undefined;
      const forMs = spanMs(f.streak);
      if (isNoClient(f)) return undefined;
      if (f.failure?.kind === 'timeout') return unanswered(f.failure.cause, forMs);
      return f.failure?.kind === 'statusHung' ? { is: 'statusUnanswered', forMs } : undefined;
    },
  },
  {
    state: 'unreachable',
    match: (f) => {
      const { failure, streak } = f;
      if (!isGone(failure) || !streak || !isOutage(f)) return undefined;
      if (!f.seenUp || f.stoppedByUs || f.startFailed || f.hasEnded) return undefined;
      const isMixed = streak.of === undefined;
      return { is: 'wentAway', cause: failure.cause, count: streak.count, forMs: spanMs(streak), isMixed };
    },
  },
  {
    state: 'failing',
    match: (f) =>
      f.failure && !isOnlyLookedFor(f) && failsAsDaemon(f) && isOutage(f)
        ? { is: 'answersErrors', cause: f.failure.cause }
        : undefined,
  },
  {
    state: 'offline',
    match: (f) => {
      if (isStartFailed(f)) return { is: 'startFailed', said: f.startFailed };
      if (!f.failure) return undefined;
      if (isGone(f.failure) && f.stoppedByUs) return { is: 'stoppedByUs' };
      // Whatever else listens on the address of a daemon that is only looked for is nobody's problem.
      const isNeverSeen = isOnlyLookedFor(f) || (isGone(f.failure) && !f.seenUp);
      return isNeverSeen ? { is: 'neverSeen', cause: f.failure.cause } : undefined;
    },
  },
  {
    state: 'wrongAnswer',
    match: (f) => {
      const { failure } = f;
      const isWrong = failure?.kind === 'wrongAnswer' || (failure?.kind === 'errors' && !failsAsDaemon(f));
      const isLate = isNoClient(f) && isOutage(f);
      return failure && (isWrong || isLate) ? { is: 'wrongAnswer', cause: failure.cause } : undefined;
    },
  },
  {
    state: 'unavailable',
    match: ({ report }) =>
      report?.available === false
        ? { is: 'unavailable', why: report.unavailable ?? { is: 'said', said: undefined } }
        : undefined,
  },
  {
    state: 'stopped',
    match: (f) => (isEnded(f) ? { is: 'hasEnded' } : f.report && whyStopped(f.report)),
  },
  {
    state: 'starting',
    match: ({ loop, report }) => {
      if (report?.starting) return { is: 'starting' };
      return loop?.kind === 'starting' ? { is: 'firstCycle' } : undefined;
    },
  },
  {
    state: 'wedged',
    match: ({ loop, unsettled }) =>
      loop?.kind === 'stale' && !unsettled ? { is: 'loopHangs', stale: loop.stale } : undefined,
  },
  {
    state: 'stuck',
    match: ({ report, loop, startsNothing, overdue, unsettled }) =>
      report && whyStuck(report, loop?.kind === 'advancing', startsNothing, overdue, unsettled !== undefined),
  },
  {
    state: 'unstable',
    match: (f) => (f.flapping ? { is: 'flapping' } : undefined),
  },
  {
    state: 'paused',
    match: ({ report }) => {
      if (!report?.pause?.isPaused) return undefined;
      const { daemonNow, pause } = report;
      const isToCome =
        daemonNow !== undefined && pause.resumesAt !== undefined && pause.resumesAt > daemonNow;
      return isToCome ? { is: 'paused', resumesAt: pause.resumesAt, daemonNow } : { is: 'paused' };
    },
  },
  {
    state: 'notAnswering',
    match: (f) => {
      const { failure } = f;
      if (!failure || !f.seenUp || isNoFault(failure) || isOutage(f)) return undefined;
      return { is: 'notYetAnOutage', cause: failure.cause };
    },
  },
  {
    state: 'unverified',
    match: (f) => {
      const { failure, loop, unsettled } = f;
      if (failure && isNoFault(failure)) return { is: 'cannotTell', cause: failure.cause };
      const shortage = slowness(f);
      if (failure && shortage && isOutage(f)) return { is: 'slow', shortage, cause: failure.cause };
      if (failure) return { is: 'notYetAnOutage', cause: failure.cause };
      if (unsettled && loop?.kind === 'stale') return { is: 'unsettled', why: unsettled };
      if (loop === undefined) return { is: 'notAsked' };
      return loop.kind === 'unknown' ? { is: 'loopUnknown', why: loop.why } : undefined;
    },
  },
  {
    state: 'healthy',
    match: ({ loop, report }) => (loop?.kind === 'advancing' ? whyHealthy(report) : undefined),
  },
];

/** What facts decide of a verdict. */
export type Decided = Pick<Verdict, 'state' | 'reason' | 'startFailed' | 'hasEnded'>;

/** The state that these facts mean, with the reason. Never throws; never healthy without proof. */
export function decide(facts: Facts): Decided {
  for (const { state, match } of RULES) {
    const reason = match(facts);
    if (reason === undefined) continue;
    return {
      state,
      reason,
      ...(state === 'offline' && isStartFailed(facts) && { startFailed: true }),
      ...(state === 'stopped' && isEnded(facts) && { hasEnded: true }),
    };
  }
  return { state: 'unverified', reason: { is: 'nothingTells' } };
}

/** Each rule of the table with whether it matched, in order, for diagnostics. */
export function trace(facts: Facts): { state: DaemonState; reason: Reason | undefined }[] {
  return RULES.map(({ state, match }) => ({ state, reason: match(facts) }));
}
