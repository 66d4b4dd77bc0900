import type { Check, Progress, Report } from '../../health/report';
import { assessLoop } from '../../health/staleness';
import type { Traits } from '../../health/traits';
import type { Shape } from './shapes';

/** Nothing is known of a daemon of an unknown make but what its user said, and what it says itself. */
const TRAITS: Traits = {
  namesItsInstances: false,
  listsEndedSessions: false,
  remembersInterrupted: false,
  extendsOnRequest: false,
};

/**
 * What its last answer says of it. Where the proof that its user named shows that its work is late, that is what is
 * told: it says more than what the daemon says of itself.
 *
 * @param shape how it says it is, where it does
 * @param rest `sessions`: its work, where it tells of that
 */
export function toReport(
  shape: Shape | undefined,
  progress: Progress,
  rest: Pick<Report, 'pollStaleThresholdMs' | 'daemonNow' | 'sessions' | 'explored'>,
): Report {
  const { condition = 'unknown', checks = [], version } = shape ?? {};
  const parts = shape ? [...ownRow(shape), ...checks] : checks;
  const report: Report = {
    kind: 'generic',
    isRunning: condition !== 'stopping',
    ...(condition === 'starting' && { starting: true }),
    ...rest,
    progress,
    traits: TRAITS,
    ...(parts.length > 0 && { checks: parts }),
    ...(version !== undefined && { instance: { version } }),
    malformed: [],
  };
  if (condition !== 'bad' || assessLoop(report).kind === 'stale') return report;
  return { ...report, available: false, unavailable: { is: 'said', said: shape && whyBad(shape) } };
}

/** What it says of the whole, where no state of ours and no check says that. */
function ownRow({ condition, said, checks }: Shape): readonly Check[] {
  if (condition !== 'warning' && condition !== 'unknown') return [];
  const isTold = said === undefined && checks.some(({ state }) => state === condition);
  return isTold ? [] : [{ name: 'status', state: condition, ...(said !== undefined && { said }) }];
}

/** In its own words, else in those of the first part that is not well. */
function whyBad({ said, checks }: Shape): string | undefined {
  const bad = checks.find(({ state }) => state === 'bad');
  if (said !== undefined || !bad) return said;
  return bad.said === undefined ? bad.name : `${bad.name}: ${bad.said}`;
}
