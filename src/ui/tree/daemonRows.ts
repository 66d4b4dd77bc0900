import { joined } from '../../base/text';
import type { DaemonId, Report } from '../../health/report';
import type { DaemonModel } from '../../model/daemonModel';
import { kindOf } from '../../kinds/index';
import { projectFolder, shortPath } from '../../kinds/read/paths';
import { addressOf, placeOf } from '../../kinds/target';
import { clockTime, type Instant, coarseAge, duration, forOver } from '../../base/time';
import { tellsOfLoop } from '../../health/signs';
import { answersItself, staleThresholdMs } from '../../health/staleness';
import { rowOf, type Severity } from '../../health/states';
import {
  STATE_LABELS,
  capitalise,
  freshness,
  isRecovering,
  severityOf,
  snoozeInWords,
  stalledForMs,
  stateInWords,
} from '../../words/states';
import { pastInWords } from '../../words/historyText';
import { besideText } from '../../words/besideText';
import { lifeRow } from '../../words/pastText';
import { reasonText } from '../../words/reasons';
import { workingText } from '../../words/work';
import { errorsDetail } from './errorsRow';
import { checksDetail, progressDetail } from './progressRow';

/**
 * One line of the tree. Its words are any strings: VS Code draws the strings of a tree and of its hovers letter by
 * letter. `id` is unique and names its place: the daemon's id, `id#loop`, …
 */
export interface Row {
  readonly id: string;
  readonly parentId?: string;
  readonly label: string;
  readonly description?: string;
  readonly icon?: string;
  readonly severity: Severity;
  /** What the menus and inline buttons of package.json go by. */
  readonly contextValue: string;
  readonly children: readonly string[];
  readonly expanded?: boolean;
  /** Of a row of a session. */
  readonly sessionId?: string;
  /** What "Copy Value" copies, where that is not put together from the label and the description. */
  readonly value?: string;
  /** When what it says was said; the hover tells the age of it at that moment. */
  readonly daemonId?: DaemonId;
}

/** A top-level row, which comes first, and all rows below it. */
export type Section = readonly [Row, ...Row[]];

/** A top-level row with nothing below it. */
export function alone(row: Omit<Row, 'children'>): Section {
  return [{ ...row, children: [] }];
}

/** An entry of the settings that cannot be used. */
export function problemRow(problem: string, index: number): Section {
  return alone({
    id: `settings#${index}`,
    label: 'Settings',
    description: problem,
    icon: 'gear',
    severity: 'amber',
    contextValue: 'settingsProblem',
    value: problem,
  });
}

/** A line about one aspect of a daemon. */
export interface Detail
  extends Drawn<'description' | 'icon'>, Partial<Pick<Row, 'severity' | 'contextValue' | 'expanded'>> {
  /** Menus go by it, where there is no `contextValue`. */
  readonly key: string;
  readonly label: string;
  readonly children?: readonly Row[];
}

/** Fields that a row has in any case. */
export type Drawn<K extends keyof Row> = Required<Pick<Row, K>>;

/** What draws the rows of sessions: a chunk that is loaded once there are any. */
export interface SessionRows {
  details(model: DaemonModel, now: Instant): readonly Detail[];
  /** `undefined` where the row is no session's. */
  hover(rowId: string, model: DaemonModel, now: Instant): string | undefined;
}

/** The row of a daemon and all rows below it. What a row says changes only when there is something new, not by the second. */
export function daemonRows(model: DaemonModel, now: Instant, sessionRows: SessionRows | undefined): Section {
  const { daemon, track } = model;
  const { state } = track.verdict;
  const severity = severityOf(model);
  const details = [
    stateDetail(model, now),
    ...snoozeDetail(model, now),
    ...historyDetail(model, now),
    ...reportDetails(model, now, sessionRows),
    ...restartsDetail(model, now),
  ];
  const rows = details.map((detail) => detailRow(model, detail));
  return [
    {
      id: daemon.id,
      daemonId: daemon.id,
      label: daemon.name,
      description: stateInWords(model, now),
      icon: STATE_LABELS[state].icon,
      severity,
      contextValue: contextOf(model),
      children: rows.map(({ id }) => id),
      expanded: true,
      value: `${daemon.name} (${placeOf(daemon.target)}): ${stateInWords(model, now)}`,
    },
    ...rows,
    ...details.flatMap(({ children }) => children ?? []),
  ];
}

/** What the menus go by: the phase, and what makes the daemon offer more or less than others. */
function contextOf({ daemon, track }: DaemonModel): string {
  const kind = track.last?.report.kind ?? daemon.kind;
  const menu = kindOf(kind)?.menu ?? (daemon.target.kind === 'http' ? undefined : 'noAddress');
  return `daemon.${rowOf(track.verdict).phase}${menu === undefined ? '' : `.${menu}`}`;
}

function detailRow({ daemon }: DaemonModel, detail: Detail): Row {
  const { key, label, description, icon, severity = 'plain', expanded, children = [] } = detail;
  return {
    id: `${daemon.id}#${key}`,
    parentId: daemon.id,
    daemonId: daemon.id,
    label,
    description,
    icon,
    severity,
    contextValue: detail.contextValue ?? `detail.${key}`,
    children: children.map(({ id }) => id),
    ...(expanded && { expanded }),
  };
}

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
function restartsDetail({ daemon, restarts = [], lives = [] }: DaemonModel, now: Instant): Detail[] {
  const ours = restarts.map((record) => ({
    at: record.at,
    description: `was ${STATE_LABELS[record.why].label} · ${record.text}`,
    icon: RESTART_ICON[record.kind],
    severity:
      record.kind === 'failed' || record.startFailed !== undefined ? ('red' as const) : ('plain' as const),
  }));
  const others = lives
    .filter(({ by }) => by === 'others')
    .map((life) => ({
      at: life.at,
      description: lifeRow(life),
      icon: 'debug-restart',
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

function stateDetail(model: DaemonModel, now: Instant): Detail {
  const { verdict, incident } = model.track;
  const recovering = isRecovering(model) && incident ? `was ${STATE_LABELS[incident.state].label}; ` : '';
  return {
    key: 'state',
    label: capitalise(isRecovering(model) ? 'recovering' : STATE_LABELS[verdict.state].label),
    description: `since ${clockTime(verdict.since.wallAt, now.wallAt)} · ${recovering}${reasonText(verdict.reason)}`,
    icon: 'info',
    ...(verdict.startFailed && { contextValue: 'detail.startFailed' }),
  };
}

function snoozeDetail(model: DaemonModel, now: Instant): Detail[] {
  const snoozed = snoozeInWords(model, now);
  return snoozed === ''
    ? []
    : [{ key: 'snooze', label: 'Snoozed', description: snoozed, icon: 'bell-slash' }];
}

function historyDetail(model: DaemonModel, now: Instant): Detail[] {
  const description = pastInWords(model, now);
  return model.history && description !== undefined
    ? [{ key: 'history', label: 'Last 24 h', description, icon: 'graph' }]
    : [];
}

function reportDetails(model: DaemonModel, now: Instant, sessionRows: SessionRows | undefined): Detail[] {
  const { last, sample } = model.track;
  if (!last) return [];
  const { report } = last;
  const showsQueue = hasQueue(report);
  return [
    ...(sample?.ok ? [] : [lastKnownDetail(now.monotonicMs - last.at.monotonicMs)]),
    tellsOfLoop(report) ? loopDetail(model, now) : progressDetail(model, now),
    ...checksDetail(model),
    ...(showsQueue
      ? [
          queueDetail(
            report,
            severityOf(model) === 'red' ? STATE_LABELS[model.track.verdict.state].label : undefined,
          ),
        ]
      : []),
    ...(tellsOfLoop(report) ? (sessionRows?.details(model, now) ?? [sessionsDetail(model)]) : []),
    ...(showsQueue ? [pauseDetail(report, now)] : []),
    ...workspaceDetail(report),
    instanceDetail(model, report, now),
    ...errorsDetail(model, report),
    ...besideDetail(report),
  ];
}

/** The rows below it stay on screen while a daemon fails: one row says how old they are. */
function lastKnownDetail(ageMs: number): Detail {
  return { key: 'lastKnown', label: 'Last known', description: `${coarseAge(ageMs)} ago`, icon: 'history' };
}

/**
 * Whether the daemon has a queue, and a rate limit beside it. A kind that tells of poll cycles tells of its queue in the
 * same part of its answer: where that part is missing, the queue is there and not known.
 */
function hasQueue({ queue, progress }: Report): boolean {
  if (queue !== undefined || progress.kind === 'cycles') return true;
  return progress.kind === 'untold' && progress.by === 'version';
}

function loopDetail(model: DaemonModel, now: Instant): Detail {
  const { last, sample } = model.track;
  const { report, loop, at } = last!;
  const threshold = `threshold ${duration(staleThresholdMs(report))}`;
  const every = report.pollIntervalMs === undefined ? '' : `every ${duration(report.pollIntervalMs)}, `;
  const sinceMs = sample?.ok ? 0 : now.monotonicMs - at.monotonicMs;
  const detail = { key: 'loop', label: 'Poll loop', icon: 'sync' };
  switch (loop?.kind) {
    case undefined:
      return { ...detail, description: 'stopped' };
    case 'stale':
      return {
        ...detail,
        description: `no cycle completed ${forOver(stalledForMs(model, now))}, ${threshold}`,
        severity: 'red',
      };
    case 'starting':
      return { ...detail, description: `first cycle in flight, ${threshold}` };
    case 'advancing':
      return { ...detail, description: `${every}last cycle ${coarseAge(loop.ageMs + sinceMs)} ago` };
    case 'unknown':
      return answersItself(report)
        ? { ...detail, label: 'Event loop', description: sample?.ok ? 'turns' : 'not known' }
        : { ...detail, description: 'not known' };
  }
}

/** @param hiddenBy the cause that silences this effect: a queue cannot move while the loop is dead */
function queueDetail({ queue, stuckMerges = 0 }: Report, hiddenBy: string | undefined): Detail {
  const { readyUnassignedTasks: ready, availableWorkers: workers, waiting, stuck } = queue ?? {};
  return {
    key: 'queue',
    label: 'Queue',
    description:
      `${readyTasks(ready)}${waiting === undefined || waiting === ready ? '' : ` of ${waiting} that wait`} · ${freeWorkers(workers)}` +
      (stuckMerges > 0 ? ` · ${stuckMerges} stuck in the merge queue` : '') +
      (stuck && hiddenBy ? ` · stuck, hidden by: ${hiddenBy}` : ''),
    icon: 'list-ordered',
    ...(stuck && !hiddenBy && { severity: 'amber' as const }),
  };
}

function readyTasks(count: number | undefined): string {
  if (count === undefined) return 'ready tasks: not known';
  return count === 1 ? '1 ready task' : `${count} ready tasks`;
}

function freeWorkers(count: number | undefined): string {
  if (count === undefined) return 'workers: not known';
  return count === 1 ? '1 worker' : `${count} workers`;
}

function sessionsDetail(model: DaemonModel): Detail {
  const { last, sample } = model.track;
  return {
    key: 'sessions',
    label: 'Sessions',
    description: workingText(last!.report, sample?.ok === true),
    icon: 'terminal',
  };
}

function pauseDetail({ pause, daemonNow }: Report, now: Instant): Detail {
  const detail = { key: 'pause', label: 'Rate limit', icon: 'clock' };
  if (!pause) return { ...detail, description: 'not known' };
  if (!pause.isPaused) return { ...detail, description: 'not paused' };
  if (pause.resumesAt === undefined) return { ...detail, description: 'paused' };
  const at = clockTime(pause.resumesAt, now.wallAt);
  const isPast = pause.resumesAt <= (daemonNow ?? now.wallAt);
  return { ...detail, description: isPast ? `paused, was to resume at ${at}` : `paused until ${at}` };
}

/** Which work it is for: a smithy's project by its database, a dispatchd's workspace. */
function workspaceDetail({ database, instance }: Report): Detail[] {
  const folder = database ? (projectFolder(database.path) ?? database.path) : instance?.workspace;
  return folder === undefined
    ? []
    : [{ key: 'workspace', label: 'Workspace', description: shortPath(folder), icon: 'folder' }];
}

function instanceDetail({ daemon, track, holder }: DaemonModel, report: Report, now: Instant): Detail {
  const { kind, instance = {}, daemonNow } = report;
  const { version, startedAt } = instance;
  const pid = instance.pid ?? holder?.pid;
  const address = addressOf(daemon.target);
  const moved = daemon.movedFromPort === undefined ? '' : `, moved from ${daemon.movedFromPort}`;
  // Of a daemon that does not answer nobody knows whether it is still up.
  const isUp = track.sample?.ok && startedAt !== undefined && daemonNow !== undefined;
  const sinceAt = isUp ? undefined : (startedAt ?? holder?.startedAtMs);
  const since = sinceAt === undefined ? '' : ` since ${clockTime(sinceAt, now.wallAt)}`;
  const parts = [
    kind,
    address && `port ${address.port}${moved}`,
    version,
    pid !== undefined && `pid ${pid}${since}`,
    isUp && `up ${coarseAge(daemonNow - startedAt)}`,
  ];
  return { key: 'instance', label: 'Instance', description: joined(parts, ' · '), icon: 'server-process' };
}

function besideDetail({ beside }: Report): Detail[] {
  return beside
    ? [{ key: 'beside', label: 'Other address', description: besideText(beside), icon: 'info' }]
    : [];
}

/** What "Copy Value" copies. Not kept with each row: that would be the longest text of a session. */
export function valueOf({ value, sessionId, label, description = '' }: Row): string {
  return (
    value ?? (sessionId === undefined ? `${label}: ${description}` : `${sessionId}: ${label}, ${description}`)
  );
}

/** The precise age of what a daemon's rows say, for a hover: worked out when it is shown. */
export function rowHover(row: Row, model: DaemonModel | undefined, now: Instant): string {
  if (!model) return valueOf(row);
  const { last } = model.track;
  const asOf = last ? ` As of ${duration(now.monotonicMs - last.at.monotonicMs)} ago` : ' Never answered';
  return `${valueOf(row)}.${asOf}, ${freshness(model, now)}.`;
}
