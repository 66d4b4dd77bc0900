import { duration, type Instant } from '../../base/time';
import { rowOf, type DaemonState } from '../../health/states';
import type { DaemonModel } from '../../model/daemonModel';
import { problemText } from '../../words/problemText';
import { beingText } from '../../words/states';
import { MAX_NAMED } from '../policy';
import type { IncidentNotice } from './notice';

/** What is wrong, since when, and what it means; or that it is over. */
export function incidentText(notice: IncidentNotice, now: Instant): string {
  const { model, state } = notice;
  if (notice.kind === 'recovered') {
    const { name } = model.daemon;
    const was = `was ${beingText(state)} for ${duration(notice.lastedMs)}`;
    if (isProven(model)) return `${name} is healthy again. It ${was}.`;
    return `${name} ${was}, and has been ${beingText(model.track.verdict.state)} since.`;
  }
  return problemText(model, state, notice.kind === 'reminder' ? 'still ' : '', now);
}

/** The same of several daemons: how many, and their names where there is room. */
export function incidentsText(notices: readonly IncidentNotice[]): string {
  const recovered = notices.filter((notice) => notice.kind === 'recovered');
  const others = notices.filter((notice) => notice.kind !== 'recovered');
  const still = others.every(({ kind }) => kind === 'reminder') ? 'still ' : '';
  return [
    ...(others.length === 0 ? [] : [`${counted(others)} ${still}${statesOf(others)}${named(others)}.`]),
    ...(recovered.length === 0 ? [] : recoveredTogether(recovered)),
  ].join(' ');
}

/** That an answer ended an outage does not show that its daemon works. */
function recoveredTogether(recovered: readonly RecoveredNotice[]): readonly string[] {
  const isOne = recovered.length === 1;
  const were = `${statesOf(recovered)} for ${longest(recovered)}`;
  if (recovered.every(({ model }) => isProven(model))) {
    return [
      `${counted(recovered)} healthy again${named(recovered)}.`,
      `${isOne ? 'It was' : 'They were'} ${were}.`,
    ];
  }
  const who = isOne ? '1 daemon was' : `${recovered.length} daemons were`;
  return [`${who} ${were}, which is over${named(recovered)}.`];
}

function isProven({ track }: DaemonModel): boolean {
  const row = rowOf(track.verdict);
  return row.severity === 'plain' && row.works === 'proven';
}

function counted({ length }: readonly IncidentNotice[]): string {
  return length === 1 ? '1 daemon is' : `${length} daemons are`;
}

/** "unreachable"; of several states the most frequent first: "unreachable (38) or unresponsive (2)". */
function statesOf(notices: readonly IncidentNotice[]): string {
  const counts = new Map<DaemonState, number>();
  for (const { state } of notices) counts.set(state, (counts.get(state) ?? 0) + 1);
  const byCount = [...counts].sort(([, one], [, other]) => other - one);
  if (byCount.length === 1) return beingText(byCount[0]![0]);
  return byCount.map(([state, count]) => `${beingText(state)} (${count})`).join(' or ');
}

function named(notices: readonly IncidentNotice[]): string {
  if (notices.length > MAX_NAMED) return '';
  return `: ${notices.map(({ model }) => model.daemon.name).join(' and ')}`;
}

type RecoveredNotice = Extract<IncidentNotice, { kind: 'recovered' }>;

function longest(notices: readonly RecoveredNotice[]): string {
  return `up to ${duration(Math.max(...notices.map(({ lastedMs }) => lastedMs)))}`;
}
