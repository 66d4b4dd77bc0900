import { duration } from '../base/time';
import {
  FAILURES_BEFORE_RED,
  FAILURE_SPAN_MS,
  FLAP_START_SHARE,
  FLAP_WINDOW_SAMPLES,
  HANGS_AFTER_MS,
  MERGE_STUCK_AFTER_MS,
  NOTHING_STARTED_AFTER_MS,
  OVERDUE_AFTER_MS,
} from '../health/policy';
import type { DaemonState } from '../health/states';

const LIMIT = `limit ${FAILURES_BEFORE_RED} in ${duration(FAILURE_SPAN_MS)}`;

/** By which rule of `health/verdict.ts` a daemon is in a state, for diagnostics. */
export const RULE_TEXTS: Readonly<Record<DaemonState, string>> = {
  restarting: 'a restart is under way, here or in another window',
  unresponsive: `requests time out, ${LIMIT}`,
  unreachable: `refused or reset, ${LIMIT}, and the daemon answered before`,
  offline:
    'nothing listens, and the daemon was never seen up here, was stopped through us, or failed to start',
  failing: `a daemon answers with errors (5xx), ${LIMIT}`,
  wrongAnswer: 'something answers, but not as a daemon does',
  unavailable: 'the daemon says available: false',
  stopped: 'the daemon says isRunning: false, or has ended in good order',
  starting: 'the daemon says so, or no poll cycle completed yet and the first is younger than the threshold',
  wedged: 'pollStale, a poll cycle older than the threshold, or no progress for longer than redAfterMs',
  stuck: `ready tasks and no available worker, or free workers and nothing started for ${duration(NOTHING_STARTED_AFTER_MS)}; a pause past its announced end; tasks in the merge queue for over ${duration(MERGE_STUCK_AFTER_MS)}; a turn without a process for ${duration(HANGS_AFTER_MS)}; a cron job overdue for ${duration(OVERDUE_AFTER_MS)}; or suspect: busy with no sign of progress, or a run that goes on, for longer than stuckAfterMs`,
  unstable: `more than ${FLAP_START_SHARE * 100} % of the last ${FLAP_WINDOW_SAMPLES} samples changed state`,
  paused: 'rate limit or sleep',
  notAnswering: `a daemon that answered before fails to, and not yet by the ${LIMIT}`,
  unverified: 'nothing tells whether its loop advances',
  healthy: 'a poll cycle completed within the threshold, or the proof that the settings name',
};
