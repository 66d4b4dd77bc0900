import { duration } from '../base/time';
import type { Reason, Unproven, Unsettled } from '../health/cause';
import { causeText, loopUnknownText, shortageText, staleText, unavailableText } from './causes';

const UNSETTLED: Readonly<Record<Unsettled, string>> = {
  woke: 'the machine just woke up; the daemon gets one interval to complete a cycle',
  clockSet: "the daemon's clock was just set; the daemon gets one interval to complete a cycle",
  started: 'the loop was just started; the daemon gets one interval to complete a cycle',
};

/** Why a daemon is in its state, as a clause that begins small: "the poll loop completes cycles". */
export function reasonText(reason: Reason): string {
  switch (reason.is) {
    case 'restarting':
      return 'a restart is under way';
    case 'restartingElsewhere':
      return 'restarting (in another window)';
    case 'unanswered':
      return `no answer for ${duration(reason.forMs)}`;
    case 'statusUnanswered':
      return `the status has not answered for ${duration(reason.forMs)}, though /api/health did`;
    case 'wentAway':
      if (reason.isMixed) {
        return `${reason.count} failures in ${duration(reason.forMs)}, the last: ${causeText(reason.cause)}; the daemon answered before`;
      }
      return `${causeText(reason.cause)} ${reason.count} times in ${duration(reason.forMs)}; the daemon answered before`;
    case 'startFailed':
      return `start failed: ${reason.said}`;
    case 'stoppedByUs':
      return 'stopped from here';
    case 'neverSeen':
      return `never seen up in this workspace (${causeText(reason.cause)})`;
    case 'wrongAnswer':
    case 'cannotTell':
      return causeText(reason.cause);
    case 'unavailable':
      return unavailableText(reason.why);
    case 'loopStopped':
      return 'the poll loop is stopped';
    case 'starting':
      return 'the daemon is still starting';
    case 'firstCycle':
      return 'the first poll cycle is in flight';
    case 'loopHangs':
      return `the poll loop hangs (${staleText(reason.stale)})`;
    case 'stuckQueue':
      if (reason.ready === undefined) return 'tasks wait and no worker is available';
      return reason.ready === 1
        ? '1 ready task, no available worker'
        : `${reason.ready} ready tasks, no available worker`;
    case 'flapping':
      return 'the daemon keeps changing its state';
    case 'paused':
      return 'paused by a rate limit or by request';
    case 'slow':
      return `slow: the machine is busy (${shortageText(reason.shortage)}); ${causeText(reason.cause)}`;
    case 'notYetAnOutage':
      return `not answering: ${causeText(reason.cause)} (not yet an outage)`;
    case 'unsettled':
      return UNSETTLED[reason.why];
    case 'notAsked':
      return 'not asked yet';
    case 'loopUnknown':
      return loopUnknownText(reason.why);
    case 'loopAdvances':
      return 'the poll loop completes cycles';
    case 'nothingTells':
      return 'nothing tells whether the poll loop advances';
  }
}

/** Why a look does not prove a new, working instance; goes on after "the daemon answers, but". */
export function unprovenText(why: Unproven): string {
  switch (why.is) {
    case 'noAnswer':
      return `the daemon does not answer (${causeText(why.cause)})`;
    case 'wrongAnswer':
      return causeText(why.cause);
    case 'oldInstance':
      return 'the old process still answers';
    case 'starting':
      return 'the daemon is still starting';
    case 'unavailable':
      return unavailableText(why.why);
    case 'loopStopped':
      return 'the poll loop is stopped';
    case 'stateUntold':
      return 'the daemon does not tell its state';
    case 'noCycleYet':
      return 'no poll cycle has completed yet';
    case 'cyclesUntold':
      return 'this version does not report its poll cycles, so that its work could not be proven';
    case 'loopHangs':
      return `the poll loop hangs (${staleText(why.stale)})`;
    case 'loopUnknown':
      return loopUnknownText(why.why);
  }
}
