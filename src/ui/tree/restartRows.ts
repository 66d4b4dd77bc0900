import { clockTime, type Instant } from '../../base/time';
import type { DaemonModel } from '../../model/daemonModel';
import { lifeRow } from '../../words/pastText';
import { beingText } from '../../words/states';
import type { Detail, Row } from './row';

/** As many as are kept of ours. */
const MAX_RESTARTS = 10;

const RESTART_ICON = {
  cured: 'pass',
  unproven: 'question',
  failed: 'error',
  late: 'watch',
  cancelled: 'circle-slash',
} as const;

/** The last restarts, whoever began them: when, what ours were to cure, how they ended. */
export function restartsDetail(
  { daemon, restarts = [], lives = [] }: DaemonModel,
  now: Instant,
): readonly Detail[] {
  const ours = restarts.map((record) => ({
    at: record.at,
    description: `was ${beingText(record.why)} · ${record.text}`,
    icon: RESTART_ICON[record.kind],
    severity:
      record.kind === 'failed' || record.startFailed !== undefined ? ('red' as const) : ('plain' as const),
  }));
  const others = lives
    .filter(({ by }) => by === 'others')
    .map((life) => ({
      at: life.at,
      description: lifeRow(life),
      // VS Code paints `debug-restart` green, however the restart ended.
      icon: 'refresh',
      severity: 'plain' as const,
    }));
  const all = [...ours, ...others].sort((one, other) => other.at - one.at).slice(0, MAX_RESTARTS);
  if (all.length === 0) return [];
  const key = 'restarts';
  const children = all.map(({ at, ...shown }, index): Row => ({
    id: `${daemon.id}#${key}#${index}`,
    parentId: `${daemon.id}#${key}`,
    daemonId: daemon.id,
    label: clockTime(at, now.wallAt),
    ...shown,
    contextValue: 'restartRecord',
    children: [],
    shows: 'page',
  }));
  return [
    {
      key,
      label: 'Restarts',
      description: `last at ${children[0]!.label}`,
      icon: 'history',
      severity: children[0]!.severity,
      children,
    },
  ];
}
