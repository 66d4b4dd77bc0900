import {
  FAILURES_BEFORE_RED,
  FAILURE_SPAN_MS,
  FLAP_START_SHARE,
  FLAP_WINDOW_SAMPLES,
  STARVED_RED_MS,
} from './policy';
import type { Failure, Report } from './report';
import { type Instant, duration } from '../base/time';
import type { Loop } from './staleness';
import { type Severity, SEVERITY, type DaemonState } from './states';

/** How much a verdict wants a look: by its state, and amber where nothing runs because a start failed. */
export function severityOf({ state, startFailed }: Pick<Verdict, 'state' | 'startFailed'>): Severity {
  return startFailed ? 'amber' : SEVERITY[state];
}

/** Requests in a row that nobody answered. Times are monotonic; `firstMs` is the start of the first request. */
export interface Streak {
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** What makes a daemon's timestamps old although nothing hangs. */
export type Unsettled = 'woke' | 'clockSet' | 'started';

const UNSETTLED: Readonly<Record<Unsettled, string>> = {
  woke: 'the machine just woke up',
  clockSet: "the daemon's clock was just set",
  started: 'its loop was just started',
};

/** All that a verdict is made from: the last sample, and what is remembered of those before it. */
export interface Facts {
  readonly restarting: boolean;
  /** Another window restarts it now. */
  readonly restartingElsewhere?: boolean;
  readonly report?: Report;
  readonly loop?: Loop;
  readonly failure?: Failure;
  readonly streak?: Streak;
  /** It answered as a daemon before, here and not too long ago. */
  readonly seenUp: boolean;
  /** The user wrote this daemon into the settings, so silence on its port means something. */
  readonly configured: boolean;
  readonly stoppedByUs: boolean;
  /** Why its last start through us failed, as long as nothing has answered since. */
  readonly startFailed?: string;
  readonly flapping: boolean;
  /** Why old timestamps are to be expected now. */
  readonly unsettled?: Unsettled;
}

/** The one state of a daemon. `reason` is of the moment the state was entered and stays while it lasts. */
export interface Verdict {
  readonly state: DaemonState;
  readonly reason: string;
  readonly since: Instant;
  readonly asOf: Instant;
  /** It is offline because a start through us failed. */
  readonly startFailed?: boolean;
  /** Monotonic ms of the last completed poll cycle (or of the first start), for states about the loop. */
  readonly loopSinceMs?: number;
}

interface Rule {
  readonly state: DaemonState;
  readonly rule: string;
  /** The reason where the rule matches. */
  readonly match: (facts: Facts) => string | undefined;
}

const LIMIT = `limit ${FAILURES_BEFORE_RED} in ${duration(FAILURE_SPAN_MS)}`;

function isOutage({ streak }: Facts): boolean {
  return (
    streak !== undefined &&
    streak.count >= FAILURES_BEFORE_RED &&
    streak.lastMs - streak.firstMs >= FAILURE_SPAN_MS
  );
}

/**
 * Why a daemon that does not answer may only be slow: CPU is short, and its process uses or waits for what there is.
 * A process that is stopped, or that waits for something else, gets no such excuse; nobody gets one for ever.
 */
function slowness({ failure, streak }: Facts): string | undefined {
  if (failure?.kind !== 'timeout' && failure?.kind !== 'statusHung') return undefined;
  const { starved, process } = failure.host ?? {};
  if (starved === undefined || process !== 'busy') return undefined;
  return streak && streak.lastMs - streak.firstMs >= STARVED_RED_MS ? undefined : starved;
}

const isGone = (failure: Failure | undefined) => failure?.kind === 'refused' || failure?.kind === 'reset';

const count = ({ count: n, firstMs, lastMs }: Streak) =>
  `${n} failures in ${duration(lastMs - firstMs)}, ${LIMIT}`;

/** Nothing listens since a start through us failed, or nothing was asked since. */
const isStartFailed = (f: Facts) =>
  f.startFailed !== undefined && !f.report && (!f.failure || isGone(f.failure));

/** Nobody wrote it into the settings and it never was there: it is only looked for. */
const isOnlyLookedFor = (f: Facts) => !f.seenUp && !f.configured;

/** The state table: the first rule that matches decides. Its order is part of the product. */
export const RULES: readonly Rule[] = [
  {
    state: 'restarting',
    rule: 'we are restarting it now, or another window is',
    match: (f) => {
      if (f.restarting) return 'a restart is under way';
      return f.restartingElsewhere ? 'restarting (in another window)' : undefined;
    },
  },
  {
    state: 'unresponsive',
    rule: `requests time out, ${LIMIT}`,
    match: (f) => {
      if (!isOutage(f) || !f.streak || isOnlyLookedFor(f) || slowness(f) !== undefined) return undefined;
      if (f.failure?.kind === 'timeout') return `it does not answer: ${f.failure.cause} (${count(f.streak)})`;
      return f.failure?.kind === 'statusHung'
        ? `its status hangs, though /api/health answered (${count(f.streak)})`
        : undefined;
    },
  },
  {
    state: 'unreachable',
    rule: `refused or reset, ${LIMIT}, and it was up before`,
    match: (f) =>
      isGone(f.failure) && f.streak && isOutage(f) && f.seenUp && !f.stoppedByUs && !f.startFailed
        ? `it was up before, now ${f.failure!.cause} (${count(f.streak)})`
        : undefined,
  },
  {
    state: 'offline',
    rule: 'nothing listens, and it was never seen up here, was stopped through us, or its start failed',
    match: (f) => {
      if (isStartFailed(f)) return `start failed: ${f.startFailed}`;
      if (!f.failure) return undefined;
      if (isGone(f.failure) && f.stoppedByUs) return 'stopped from here';
      // Whatever else listens on the address of a daemon that is only looked for is nobody's problem.
      return isOnlyLookedFor(f) || (isGone(f.failure) && !f.seenUp)
        ? `never seen up in this workspace (${f.failure.cause})`
        : undefined;
    },
  },
  {
    state: 'wrongAnswer',
    rule: 'something answers, but not as a daemon does',
    match: (f) => (f.failure?.kind === 'wrongAnswer' ? f.failure.cause : undefined),
  },
  {
    state: 'unavailable',
    rule: 'the daemon says available: false',
    match: ({ report }) =>
      report?.available === false
        ? report.unavailableReason || 'the daemon says it is not available and gives no reason'
        : undefined,
  },
  {
    state: 'stopped',
    rule: 'the daemon says isRunning: false',
    match: ({ report }) => (report?.isRunning === false ? 'its poll loop is stopped' : undefined),
  },
  {
    state: 'starting',
    rule: 'it says so, or no poll cycle completed yet and the first is younger than the threshold',
    match: ({ loop, report }) => {
      if (report?.starting) return 'it is still starting';
      return loop?.kind === 'starting' ? 'its first poll cycle is in flight' : undefined;
    },
  },
  {
    state: 'wedged',
    rule: 'pollStale, or a poll cycle older than the threshold',
    match: ({ loop, unsettled }) =>
      loop?.kind === 'stale' && !unsettled ? `its poll loop hangs (${loop.rule})` : undefined,
  },
  {
    state: 'stuck',
    rule: 'ready tasks and no available worker',
    match: ({ report }) => {
      const { readyUnassignedTasks: ready, availableWorkers: workers, stuck } = report?.queue ?? {};
      if (!(stuck ?? (ready !== undefined && workers !== undefined && ready > 0 && workers === 0))) {
        return undefined;
      }
      return ready === undefined
        ? 'tasks wait and no worker is available'
        : `${ready} ready task${ready === 1 ? '' : 's'}, no available worker`;
    },
  },
  {
    state: 'unstable',
    rule: `more than ${FLAP_START_SHARE * 100} % of the last ${FLAP_WINDOW_SAMPLES} samples changed state`,
    match: (f) => (f.flapping ? 'it keeps changing state' : undefined),
  },
  {
    state: 'paused',
    rule: 'rate limit or sleep',
    match: ({ report }) => (report?.pause?.isPaused ? 'paused by a rate limit or by request' : undefined),
  },
  {
    state: 'unverified',
    rule: 'nothing tells whether its loop advances',
    match: (f) => {
      if (f.failure?.kind === 'editorBusy') return f.failure.cause;
      const slow = slowness(f);
      if (slow !== undefined && isOutage(f))
        return `slow: the machine is busy (${slow}); ${f.failure!.cause}`;
      if (f.failure) return `not answering: ${f.failure.cause} (not yet an outage: ${LIMIT})`;
      if (f.unsettled && f.loop?.kind === 'stale') {
        return `${UNSETTLED[f.unsettled]}; it gets one interval to complete a cycle`;
      }
      if (f.loop === undefined) return 'not asked yet';
      return f.loop.kind === 'unknown' ? f.loop.rule : undefined;
    },
  },
  {
    state: 'healthy',
    rule: 'a poll cycle completed within the threshold',
    match: ({ loop }) => (loop?.kind === 'advancing' ? 'its poll loop completes cycles' : undefined),
  },
];

/** The state that these facts mean, with the reason in words. Never throws; never healthy without proof. */
export function decide(facts: Facts): Pick<Verdict, 'state' | 'reason' | 'startFailed'> {
  for (const { state, match } of RULES) {
    const reason = match(facts);
    if (reason === undefined) continue;
    return { state, reason, ...(state === 'offline' && isStartFailed(facts) && { startFailed: true }) };
  }
  return { state: 'unverified', reason: 'nothing tells whether its loop advances' };
}

/** Each rule of the table with whether it matched, in order, for diagnostics. */
export function trace(facts: Facts): { state: DaemonState; rule: string; reason: string | undefined }[] {
  return RULES.map(({ state, rule, match }) => ({ state, rule, reason: match(facts) }));
}
