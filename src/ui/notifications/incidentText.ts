import { duration, type Instant } from '../../base/time';
import type { DaemonState } from '../../health/states';
import { problemText } from '../../words/problemText';
import { STATE_LABELS } from '../../words/states';
import { MAX_NAMED } from '../policy';
import type { IncidentNotice } from './notice';

/** What is wrong, since when, and what it means; or that it is over. */
export function incidentText(notice: IncidentNotice, now: Instant): string {
  const { model, state } = notice;
  if (notice.kind === 'recovered') {
    const { label } = STATE_LABELS[state];
    return `${model.daemon.name} is healthy again. It was ${label} for ${duration(notice.lastedMs)}.`;
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
    ...(recovered.length === 0
      ? []
      : [
          `${counted(recovered)} healthy again${named(recovered)}.`,
          `${recovered.length === 1 ? 'It was' : 'They were'} ${statesOf(recovered)} for ${longest(recovered)}.`,
        ]),
  ].join(' ');
}

function counted({ length }: readonly IncidentNotice[]): string {
  return length === 1 ? '1 daemon is' : `${length} daemons are`;
}

/** "unreachable"; of several states the most frequent first: "unreachable (38) or unresponsive (2)". */
function statesOf(notices: readonly IncidentNotice[]): string {
  const counts = new Map<DaemonState, number>();
  for (const { state } of notices) counts.set(state, (counts.get(state) ?? 0) + 1);
  const byCount = [...counts].sort(([, one], [, other]) => other - one);
  if (byCount.length === 1) return STATE_LABELS[byCount[0]![0]].label;
  return byCount.map(([state, count]) => `${STATE_LABELS[state].label} (${count})`).join(' or ');
}

function named(notices: readonly IncidentNotice[]): string {
  if (notices.length > MAX_NAMED) return '';
  return `: ${notices.map(({ model }) => model.daemon.name).join(' and ')}`;
}

function longest(notices: readonly Extract<IncidentNotice, { kind: 'recovered' }>[]): string {
  return `up to ${duration(Math.max(...notices.map(({ lastedMs }) => lastedMs)))}`;
}
