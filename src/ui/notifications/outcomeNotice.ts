import { wallAtOf, type Instant } from '../../base/time';
import type { DaemonModel } from '../../model/daemonModel';
import type { Outcome } from '../../model/outcome';
import { STATES, type DaemonState } from '../../health/states';
import type { Claim, Span } from '../../store/speakerTurn';
import { interruptedRowId } from '../tree/rowIds';
import { instanceTold } from './noticeOf';
import type { Action } from './buttonsText';
import type { Notice } from './notice';
import type { Level } from '../shared/say';

/** How loud each outcome is told, and with which buttons. */
const TOLD: Readonly<Record<Outcome['kind'], readonly [Level, ...Action[]]>> = {
  cured: ['info'],
  cancelled: ['info'],
  // A daemon that tells of no cycles cannot be proven to work: nothing went wrong with it.
  unproven: ['info', 'terminal', 'log', 'details'],
  late: ['warning', 'waitLonger', 'terminal', 'log'],
  failed: ['error', 'terminal', 'log', 'details'],
};

/** VS Code cuts the labels of more of them. */
const MAX_BUTTONS = 3;

/**
 * How a restart ended.
 *
 * @param before the daemon as it was restarted
 * @param after the daemon as it is now, where it is still watched
 * @param began when the restart did
 */
export function outcomeNotice(
  outcome: Outcome,
  before: DaemonModel,
  after: DaemonModel | undefined,
  began: Instant,
  now: Instant,
): Notice {
  const { id } = before.daemon;
  const span = { afterAt: wallAtOf(began, now), byAt: now.wallAt };
  const [level, ...actions] = TOLD[outcome.kind];
  const { report } = outcome;
  const ofReport =
    report &&
    ({ action: report.found === undefined ? 'report' : 'hangReport', targets: [report.file] } as const);
  const [first, ...others] = actions.map((action) => ({ action, targets: [id] }));
  const hasLost = outcome.kind === 'cured' && outcome.work !== undefined && outcome.work.interrupted > 0;
  return {
    kind: 'outcome',
    outcome,
    key: `${id} outcome ${span.byAt}`,
    daemonIds: [id],
    level,
    isUrgent: true,
    offers: [
      ...(hasLost ? [{ action: 'interrupted', targets: [interruptedRowId(id)] } as const] : []),
      ...(first ? [first] : []),
      ...(ofReport ? [ofReport] : []),
      ...others,
    ].slice(0, MAX_BUTTONS),
    tells: toldBy(outcome, before, after, span, now),
  };
}

/** What an outcome says, and other rules and other windows would say again. */
function toldBy(
  outcome: Outcome,
  before: DaemonModel,
  after: DaemonModel | undefined,
  span: Required<Span>,
  now: Instant,
): readonly Claim[] {
  const { id } = before.daemon;
  if (outcome.kind === 'cured') {
    const instanceId = after?.track.last?.report.instance?.id;
    const openedAt = before.track.incident?.openedAt;
    return [
      // Also where this window never saw the old instance, so that the core tells of no new one.
      ...(instanceId === undefined ? [] : [instanceTold(id, instanceId, span)]),
      ...(openedAt === undefined
        ? []
        : [{ key: `${id} recovered`, toldFor: { ...span, afterAt: wallAtOf(openedAt, now) } }]),
    ];
  }
  if (!('nothingRuns' in outcome) || !outcome.nothingRuns) return [];
  // Nothing runs since then, which goes on until something does.
  return GONE.map((state) => ({ key: `${id} problem ${state}`, toldFor: { afterAt: span.afterAt } }));
}

/** The problems in which nobody is there. */
const GONE = (Object.keys(STATES) as DaemonState[]).filter(
  (state) => STATES[state].phase === 'gone' && STATES[state].severity !== 'plain',
);
