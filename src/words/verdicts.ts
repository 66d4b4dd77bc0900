import { clockTime, coarseAge, wallAtOf, type Instant } from '../base/time';
import type { LoopUnknown, Reason, Unsettled } from '../health/cause';
import { rowOf } from '../health/states';
import type { DaemonModel } from '../model/daemonModel';
import { causeText } from './causes';
import { reasonText } from './reasons';
import { beingText, capitalise, isRecovering, loopSinceAt } from './states';
import { textsOf } from './texts';

const UNKNOWN: Readonly<Record<LoopUnknown['is'], string>> = {
  malformed: 'Part of the answer unreadable',
  untoldByKind: 'Its loop is not told',
  intakeUntold: 'Answers; work may not reach it',
  untoldByVersion: 'Its cycles are not told',
  noCycleTimes: 'No cycle times are told',
  timesInFuture: 'Cycle times in the future',
  timesContradict: 'Cycle times contradict it',
  begunInVain: 'Begins cycles, completes none',
  noProofNamed: 'No proof of progress is named',
  noSeries: 'The query gives no series',
  seriesUnknown: 'Some series tell nothing',
  seriesWarned: 'Prometheus warns',
  seriesUnread: 'More series than are read',
  nothingOwed: 'Nothing to do, nothing shown',
  nobodyWorks: 'Work waits, none is under way',
  noSignYet: 'No progress yet',
  noSuccessYet: 'No success yet',
  signUntold: 'Its progress is not told',
  signInFuture: 'Its time is in the future',
};

const UNSETTLED: Readonly<Record<Unsettled, string>> = {
  woke: 'The machine just woke up',
  clockSet: 'The clock was just set',
  started: 'The loop was just started',
};

const tasks = (count: number) => (count === 1 ? '1 task' : `${count} tasks`);

/** The point of a reason, in so few words that a narrow side bar does not cut them; what has a time says it later. */
const pointText = textsOf<Reason>({
  restarting: 'Restart under way',
  startingByUs: 'Start under way',
  restartingElsewhere: 'Restart (in another window)',
  unanswered: 'No answer',
  statusUnanswered: 'No status',
  wentAway: 'Gone',
  startFailed: 'Start failed',
  stoppedByUs: 'Stopped from here',
  neverSeen: 'Never seen up here',
  wrongAnswer: 'Not the answer of a daemon',
  cannotTell: 'Cannot tell',
  unavailable: 'Says that it cannot work',
  answersErrors: 'Answers with errors',
  loopStopped: 'Its loop is stopped',
  saysStopped: 'Says that its work is stopped',
  hasEnded: 'Stopped, and has ended',
  starting: 'Still starting',
  firstCycle: 'First cycle under way',
  loopHangs: ({ stale }) =>
    stale.is === 'seriesRed'
      ? `${stale.count} of ${stale.of} red`
      : stale.is === 'noSign'
        ? 'No progress'
        : 'No cycle',
  stuckQueue: ({ ready }) => (ready === undefined ? 'Tasks wait, no worker' : `${tasks(ready)}, no worker`),
  lifeEnded: ({ how }) => (how === 'killed' ? 'Was killed' : 'Crashed'),
  flapping: 'Keeps changing its state',
  paused: (reason) => (reason.resumesAt === undefined ? 'Paused' : capitalise(reasonText(reason))),
  pauseOverdue: ({ overdueMs }) => `Pause over for ${coarseAge(overdueMs)}`,
  startsNothing: ({ forMs }) => `Nothing started for ${coarseAge(forMs)}`,
  mergesStuck: ({ count }) => `${tasks(count)} not merged`,
  turnHangs: ({ count }) => (count === 1 ? '1 turn seems to hang' : `${count} turns seem to hang`),
  jobOverdue: 'A cron job is overdue',
  suspectSilent: ({ forMs }) => `Suspect: busy, no sign for ${coarseAge(forMs)}`,
  suspectRun: ({ forMs }) => `Suspect: a run of ${coarseAge(forMs)}`,
  slow: 'Slow: the machine is busy',
  notYetAnOutage: 'Did not answer just now',
  unsettled: ({ why }) => UNSETTLED[why],
  notAsked: 'Not asked yet',
  loopUnknown: ({ why }) => UNKNOWN[why.is],
  loopAdvances: 'Its loop completes cycles',
  getsOn: 'Gets on with its work',
  allGetOn: 'All of them get on',
  nothingTells: 'Nothing tells of its loop',
});

/** The reasons of which the point is the whole. */
const IS_ALL: ReadonlySet<Reason['is']> = new Set([
  'restarting',
  'startingByUs',
  'stoppedByUs',
  'loopStopped',
  'hasEnded',
  'starting',
  'firstCycle',
  'flapping',
  'notAsked',
  'loopAdvances',
  'nothingTells',
]);

/** What had gone on for a while when it was noticed: its beginning is another moment, which its point may not know. */
const GOES_ON: ReadonlySet<Reason['is']> = new Set([
  'loopHangs',
  'pauseOverdue',
  'startsNothing',
  'mergesStuck',
  'turnHangs',
  'jobOverdue',
  'suspectSilent',
  'suspectRun',
]);

/** Why a daemon is in its state: the point, and the moment of which the point is. */
export interface VerdictText {
  /** "No cycle since 14:35:30". */
  readonly point: string;
  /** "noticed 14:36:38", or "since 14:36:38" where the point has no moment of its own. */
  readonly when: string;
  /** The whole reason, and what the daemon recovers from; absent where the point says all of it. */
  readonly why?: string;
}

/** In rows and hovers alike: moments only, so that nothing of it grows old. */
export function verdictText(model: DaemonModel, now: Instant): VerdictText {
  const { verdict, incident } = model.track;
  const at = clockTime(wallAtOf(verdict.since, now), now.wallAt);
  if (isRecovering(model) && incident) {
    const was = beingText(incident.state);
    return { point: 'Recovering', when: `since ${at}`, why: `was ${was}; ${reasonText(verdict.reason)}` };
  }
  const beganAt = troubleSinceAt(model, now);
  const point = pointText(verdict.reason);
  const when = `${beganAt !== undefined || goesOn(verdict.reason) ? 'noticed' : 'since'} ${at}`;
  const why = whyText(verdict.reason);
  return {
    point: beganAt === undefined ? point : `${point} since ${clockTime(beganAt, now.wallAt)}`,
    when,
    ...(why !== undefined && { why }),
  };
}

function goesOn(reason: Reason): boolean {
  return GOES_ON.has(reason.is) || (reason.is === 'loopUnknown' && reason.why.is === 'begunInVain');
}

/** What the point leaves out of a reason; `undefined` where that is nothing. */
function whyText(reason: Reason): string | undefined {
  switch (reason.is) {
    case 'unanswered':
      return reason.command === undefined ? undefined : reasonText(reason);
    case 'stuckQueue':
      return undefined;
    case 'paused':
      return reason.resumesAt === undefined ? 'by a rate limit or by request' : undefined;
    case 'answersErrors':
    case 'neverSeen':
      return causeText(reason.cause);
    case 'startFailed':
      return reason.said;
    default:
      return IS_ALL.has(reason.is) ? undefined : reasonText(reason);
  }
}

/** "no answer since 14:35:30": the point of what goes on, where its moment is known, for a message that stays. */
export function troubleText(model: DaemonModel, now: Instant): string | undefined {
  const { reason } = model.track.verdict;
  if (reason.is !== 'unanswered' && reason.is !== 'statusUnanswered') return undefined;
  const { point } = verdictText(model, now);
  return `${point.charAt(0).toLowerCase()}${point.slice(1)}`;
}

/**
 * Epoch ms since when it goes on, where that is known and is not when it was noticed: the last completed cycle, the first
 * request that nobody answered.
 */
export function troubleSinceAt(model: DaemonModel, now: Instant): number | undefined {
  const { verdict, streak } = model.track;
  const { reason, since } = verdict;
  if (reason.is === 'loopHangs') return loopSinceAt(model, now);
  if (reason.is !== 'unanswered' && reason.is !== 'statusUnanswered' && reason.is !== 'wentAway')
    return undefined;
  // A reason may be younger than the outage, of which the requests failed in another way at first.
  const firstMs = streak?.firstMs ?? Infinity;
  const forMs = firstMs < since.monotonicMs ? since.monotonicMs - firstMs : reason.forMs;
  return wallAtOf(since, now) - Math.round(forMs);
}

/** Whether all that is to be said of it is that it is well. */
export function isWell(model: DaemonModel): boolean {
  const row = rowOf(model.track.verdict);
  return row.severity === 'plain' && row.works === 'proven' && !isRecovering(model);
}

/**
 * "No cycle since 14:35:30. Noticed 14:36:38.", after the words of the state, which may have said the point already.
 *
 * @param howLong goes on after the moment, in brackets
 */
export function verdictSentences({ point, when }: VerdictText, state: string, howLong: string): string {
  const says = isSaid(point, state) ? '' : `${point}${howLong}. `;
  return `${says}${capitalise(when)}.`;
}

/** Whether the words of the state say it, too. */
export function isSaid(text: string, state: string): boolean {
  return state.toLowerCase().includes(text.toLowerCase());
}
