import type { Mutation } from './bundle';

/** A rule of the core that is broken, and a day in which that shows. */
export interface Mutant extends Mutation {
  readonly name: string;
  readonly seed: number;
  /** So much of the day is played. */
  readonly minutes: number;
  /** What the script does then. */
  readonly because: string;
}

/**
 * Each is one rule of `src/health` that does not hold any more. A rule that nobody misses is one that the oracle does not
 * see. To find another day: `npm run simulate -- --mutant NAME --days 40 --from 201` beside the same without `--mutant`.
 */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'pollStale is not believed',
    file: 'src/health/staleness.ts',
    from: 'if (stale === true) return',
    to: 'if (stale === null) return',
    seed: 207,
    minutes: 7,
    because: 'a loop hangs, and only its flag tells',
  },
  {
    name: 'the threshold is twice as long',
    file: 'src/health/staleness.ts',
    from: 'report.pollStaleThresholdMs ??',
    to: '(report.pollStaleThresholdMs && 2 * report.pollStaleThresholdMs) ??',
    seed: 213,
    minutes: 11,
    because: 'a loop hangs, and only its times tell',
  },
  {
    name: 'one failure is an outage',
    file: 'src/health/verdict.ts',
    from: `streak.count >= FAILURES_BEFORE_RED &&
    streak.lastMs - streak.firstMs >= FAILURE_SPAN_MS`,
    to: 'streak.count >= 1',
    seed: 208,
    minutes: 9,
    because: 'a daemon dies',
  },
  {
    name: 'old times count at once after a sleep',
    file: 'src/health/track.ts',
    from: 'unsettled: wasRed ? undefined : unsettled?.why,',
    to: '',
    seed: 227,
    minutes: 5,
    because: 'the machine sleeps, and then the last cycle is hours old',
  },
  {
    name: 'an incident is over at the first good cycle',
    file: 'src/health/policy.ts',
    from: 'RECOVERY_HOLD_MS = 30_000;',
    to: 'RECOVERY_HOLD_MS = 0;',
    seed: 231,
    minutes: 8,
    because: 'a daemon is away, back for seconds, and away again',
  },
  {
    name: 'a reminder comes with each poll',
    file: 'src/health/policy.ts',
    from: 'REMINDER_INTERVAL_MS = 3_600_000;',
    to: 'REMINDER_INTERVAL_MS = 0;',
    seed: 207,
    minutes: 7,
    because: 'an incident goes on for minutes',
  },
  {
    name: 'what was bad at start-up is told at once',
    file: 'src/health/policy.ts',
    from: 'STARTUP_PENDING_MS = 30_000;',
    to: 'STARTUP_PENDING_MS = 0;',
    seed: 207,
    minutes: 3,
    because: 'a loop hangs before the window opens, and goes on soon after',
  },
  {
    name: 'flapping does not end',
    file: 'src/health/track.ts',
    from: 'return before ? share >= FLAP_END_SHARE : share > FLAP_START_SHARE;',
    to: 'return before || share > FLAP_START_SHARE;',
    seed: 1113,
    minutes: 16,
    because: 'a daemon flaps and then is well',
  },
  {
    name: 'who was never there is unreachable, who was there is offline',
    file: 'src/health/verdict.ts',
    from: 'if (!f.seenUp || f.stoppedByUs || f.startFailed || f.hasEnded) return undefined;',
    to: 'if (f.seenUp || f.stoppedByUs || f.startFailed) return undefined;',
    seed: 202,
    minutes: 8,
    because: 'a daemon that was there dies, and a minute later again',
  },
  {
    name: 'no life is a new one',
    file: 'src/health/proof.ts',
    from: 'return before !== after.instance.id;',
    to: 'return false;',
    seed: 212,
    minutes: 15,
    because: 'a daemon is restarted by hand, and again a minute later',
  },
  {
    name: 'a restart from here is not expected',
    file: 'src/health/verdict.ts',
    from: `(f.restarting && { is: f.isStart ? 'startingByUs' : 'restarting' }) ||`,
    to: '',
    seed: 204,
    minutes: 6,
    because: 'the user restarts a daemon that takes its time to listen',
  },
  {
    name: 'a stop from here is forgotten',
    file: 'src/health/ownRestart.ts',
    from: 'startFailed: undefined, stoppedByUs: true, endingUntilMs }',
    to: 'startFailed: undefined, stoppedByUs: false, endingUntilMs }',
    seed: 209,
    minutes: 6,
    because: 'the user stops a daemon',
  },
  {
    name: 'a stuck queue hides the wedge',
    file: 'src/health/verdict.ts',
    from: `match: ({ loop, unsettled }) =>
      loop?.kind === 'stale' && !unsettled ?`,
    to: `match: ({ loop, unsettled, report }) =>
      loop?.kind === 'stale' && !unsettled && !report?.queue?.stuck ?`,
    seed: 278,
    minutes: 7,
    because: 'a loop hangs while its queue is stuck',
  },
  {
    name: 'a loop that completes no cycle works',
    file: 'src/health/policy.ts',
    from: 'BEGUN_IN_VAIN = 2;',
    to: 'BEGUN_IN_VAIN = Infinity;',
    seed: 201,
    minutes: 12,
    because: 'cycles begin and none completes',
  },
  {
    name: 'failures that decide nothing are not looked into',
    file: 'src/health/cadence.ts',
    from: 'return UNDECIDED_POLL_INTERVAL_MS;\n  const soonMs',
    to: 'return intervalMs;\n  const soonMs',
    seed: 201,
    minutes: 16,
    because: 'nobody accepts for a daemon that is asked seldom',
  },
];
