import { clockMinute, coarseAge, duration } from '../base/time';
import { MERGE_STUCK_AFTER_MS } from '../health/policy';
import type { ProofBy, Reason, Stale, Unproven, Unsettled } from '../health/cause';
import { causeText, loopUnknownText, owingText, shortageText, staleText, unavailableText } from './causes';
import { ALL_GET_ON } from './fleetText';
import { textsOf } from './texts';

const UNSETTLED: Readonly<Record<Unsettled, string>> = {
  woke: 'the machine just woke up; the daemon gets one interval to complete a cycle',
  clockSet: "the daemon's clock was just set; the daemon gets one interval to complete a cycle",
  started: 'the loop was just started; the daemon gets one interval to complete a cycle',
};

const GETS_ON: Readonly<Record<ProofBy, string>> = {
  time: 'the time that proves progress is recent',
  age: 'the age that proves progress is small',
  counter: 'the counter of the work moves',
  due: 'nothing is overdue',
  beat: 'the beat changes',
};

/** A daemon of an unknown make need not have a poll loop. */
function hangsText(stale: Stale): string {
  if (stale.is === 'seriesRed') return staleText(stale);
  return stale.is === 'noSign'
    ? `no progress: ${staleText(stale)}`
    : `the poll loop hangs (${staleText(stale)})`;
}

/** Why a daemon is in its state, as a clause that begins small: "the poll loop completes cycles". */
export const reasonText = textsOf<Reason>({
  restarting: 'a restart is under way',
  startingByUs: 'a start is under way',
  restartingElsewhere: 'restarting (in another window)',
  unanswered: ({ forMs, command }) =>
    command === undefined
      ? `no answer within ${duration(forMs)}`
      : `no answer within ${duration(forMs)}: the command ${command} does not end`,
  statusUnanswered: ({ forMs }) =>
    `the status did not answer within ${duration(forMs)}, though /api/health did`,
  wentAway: ({ cause, count, forMs, isMixed }) =>
    isMixed
      ? `${count} failures in ${duration(forMs)}, the last: ${causeText(cause)}; the daemon answered before`
      : `${causeText(cause)} ${count} times in ${duration(forMs)}; the daemon answered before`,
  startFailed: ({ said }) => `start failed: ${said}`,
  stoppedByUs: 'stopped from here',
  neverSeen: ({ cause }) => `never seen up in this workspace (${causeText(cause)})`,
  wrongAnswer: ({ cause }) => causeText(cause),
  cannotTell: ({ cause }) => causeText(cause),
  unavailable: ({ why }) => unavailableText(why),
  answersErrors: ({ cause }) => `the daemon answers with errors: ${causeText(cause)}`,
  loopStopped: 'the poll loop is stopped',
  saysStopped: 'the daemon says that work is stopped, or stops',
  hasEnded: 'stopped, and has ended',
  starting: 'the daemon is still starting',
  firstCycle: 'the first poll cycle is in flight',
  loopHangs: ({ stale }) => hangsText(stale),
  stuckQueue: ({ ready }) => {
    if (ready === undefined) return 'tasks wait and no worker is available';
    return ready === 1 ? '1 ready task, no available worker' : `${ready} ready tasks, no available worker`;
  },
  lifeEnded: ({ how }) => (how === 'killed' ? 'its process was killed' : 'its process crashed'),
  flapping: 'the daemon keeps changing its state',
  paused: ({ resumesAt, daemonNow }) =>
    resumesAt === undefined || daemonNow === undefined
      ? 'paused by a rate limit or by request'
      : `paused until ${clockMinute(resumesAt, daemonNow)}`,
  pauseOverdue: ({ overdueMs }) => `still paused, ${coarseAge(overdueMs)} after the limit was to reset`,
  startsNothing: ({ ready, free, forMs }) => {
    const tasks = ready === 1 ? '1 ready task' : `${ready} ready tasks`;
    const workers = free === 1 ? '1 free worker' : `${free} free workers`;
    return `${tasks}, ${workers}, and nothing was started for ${coarseAge(forMs)}`;
  },
  mergesStuck: ({ count }) => {
    const tasks = count === 1 ? '1 task has' : `${count} tasks have`;
    return `${tasks} been in the merge queue for over ${duration(MERGE_STUCK_AFTER_MS)}`;
  },
  turnHangs: ({ count }) =>
    count === 1
      ? 'its turn seems to hang: the turn has no process'
      : `${count} turns seem to hang: the turns have no process`,
  jobOverdue: ({ name, dueAt, daemonNow, others }) => {
    const text = `its cron job ${name} is overdue since ${clockMinute(dueAt, daemonNow)}`;
    return others > 0 ? `${text}, and ${others} more` : text;
  },
  suspectSilent: ({ name, others, forMs }) =>
    owingText(
      `suspect: ${name ?? 'the daemon'} is busy, with no sign of progress for ${coarseAge(forMs)}`,
      others,
    ),
  suspectRun: ({ name, others, forMs }) =>
    owingText(
      `suspect: a run${name === undefined ? '' : ` of ${name}`} has gone on for ${coarseAge(forMs)}`,
      others,
    ),
  slow: ({ shortage, cause }) => `slow: the machine is busy (${shortageText(shortage)}); ${causeText(cause)}`,
  notYetAnOutage: ({ cause }) => `${causeText(cause)} (not yet an outage)`,
  unsettled: ({ why }) => UNSETTLED[why],
  notAsked: 'not asked yet',
  loopUnknown: ({ why }) => loopUnknownText(why),
  loopAdvances: 'the poll loop completes cycles',
  getsOn: ({ by }) => GETS_ON[by],
  allGetOn: ({ by, count }) => ALL_GET_ON[by](count),
  nothingTells: 'nothing tells whether the poll loop advances',
});

/** Why a look does not prove a new, working instance; goes on after "the daemon answers, but". */
export const unprovenText = textsOf<Unproven>({
  noAnswer: ({ cause }) => `the daemon does not answer (${causeText(cause)})`,
  wrongAnswer: ({ cause }) => causeText(cause),
  oldInstance: 'the old process still answers',
  starting: 'the daemon is still starting',
  unavailable: ({ why }) => unavailableText(why),
  loopStopped: 'the poll loop is stopped',
  stateUntold: 'the daemon does not tell its state',
  noCycleYet: 'no poll cycle has completed yet',
  cyclesUntold: 'this version does not report its poll cycles, so that its work could not be proven',
  loopHangs: ({ stale }) => hangsText(stale),
  loopUnknown: ({ why }) =>
    why.is === 'intakeUntold' ? 'whether messages reach the daemon is not known' : loopUnknownText(why),
});
