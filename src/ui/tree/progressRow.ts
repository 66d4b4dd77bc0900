import { joined } from '../../base/text';
import { clockTime, type Instant } from '../../base/time';
import type { Check } from '../../health/report';
import { staleThresholdMs } from '../../health/staleness';
import type { DaemonModel } from '../../model/daemonModel';
import { loopSinceAt } from '../../words/states';
import type { Detail, Row } from './row';
import { CHECK_WORDS, checksText, lastSignText, noProof, noSignText, notKnown } from './progressText';

/** The row of what proves that a daemon of an unknown make gets on; what is not known its state says. */
export function progressDetail(model: DaemonModel, now: Instant): Detail {
  const { report, loop, at } = model.track.last!;
  const detail = { key: 'loop', label: 'Progress', icon: 'sync' };
  const limitMs = staleThresholdMs(report);
  if (report.progress.kind !== 'signs') return { ...detail, description: noProof };
  switch (loop?.kind) {
    case 'stale': {
      const sinceAt = loopSinceAt(model, now);
      const since = sinceAt === undefined ? undefined : clockTime(sinceAt, now.wallAt);
      return { ...detail, description: noSignText(since, limitMs), severity: 'red' };
    }
    case 'advancing': {
      const sinceMs = model.track.sample?.ok ? 0 : now.monotonicMs - at.monotonicMs;
      return { ...detail, description: lastSignText(loop.ageMs + sinceMs, limitMs) };
    }
    case 'starting':
    case 'unknown':
    case undefined:
      return { ...detail, description: notKnown };
  }
}

const ICONS: Readonly<Record<Check['state'], string>> = {
  good: 'pass',
  warning: 'warning',
  bad: 'error',
  unknown: 'question',
};

/** A row for each part that the daemon says it checks. */
export function checksDetail({ daemon, track }: DaemonModel): readonly Detail[] {
  const { checks = [] } = track.last!.report;
  if (checks.length === 0) return [];
  const key = 'checks';
  const children = checks.map(({ name, state, said }, index): Row => ({
    id: `${daemon.id}#${key}#${index}`,
    parentId: `${daemon.id}#${key}`,
    daemonId: daemon.id,
    label: name,
    description: joined([CHECK_WORDS[state], said], ' · '),
    icon: ICONS[state],
    severity: state === 'good' || state === 'unknown' ? 'plain' : 'amber',
    contextValue: 'check',
    children: [],
  }));
  const ill = checks.filter(({ state }) => state === 'bad' || state === 'warning').length;
  return [
    {
      key,
      label: 'Checks',
      description: checksText(ill, checks.length),
      icon: 'checklist',
      severity: ill === 0 ? 'plain' : 'amber',
      children,
    },
  ];
}
