import { clockMinute, clockTime, coarseAge, duration, MINUTE_MS, type Instant } from '../../base/time';
import { answersItself, staleThresholdMs } from '../../health/staleness';
import type { Report } from '../../health/report';
import { tellsOfLoop } from '../../health/signs';
import { inhibitedBy } from '../../health/deadlines';
import { isLive } from '../../health/sessions';
import { projectFolder, shortPath } from '../../kinds/read/paths';
import { addressOf } from '../../kinds/target';
import type { DaemonModel } from '../../model/daemonModel';
import { wholePlaceOf } from '../../model/target';
import { besideText } from '../../words/besideText';
import { pastInWords } from '../../words/historyText';
import { loopSinceAt, severityOf, STATE_LABELS } from '../../words/states';
import { workingText } from '../../words/work';
import { errorsDetail } from './errorsRow';
import { checksDetail, progressDetail } from './progressRow';
import { restartsDetail } from './restartRows';
import { aside, type Detail } from './row';

/** What is known of a daemon, for whoever opens "Details". */
export function factsOf(model: DaemonModel, now: Instant): readonly Detail[] {
  return [...historyDetail(model, now), ...reportDetails(model, now), ...restartsDetail(model, now)];
}

function historyDetail(model: DaemonModel, now: Instant): Detail[] {
  const description = pastInWords(model, now);
  return model.history && description !== undefined
    ? [{ key: 'history', label: 'Last 24 h', description, icon: 'graph', shows: 'page' }]
    : [];
}

function reportDetails(model: DaemonModel, now: Instant): Detail[] {
  const { last } = model.track;
  if (!last) return [];
  const { report } = last;
  const showsQueue = hasQueue(report);
  const hiddenBy = severityOf(model) === 'red' ? STATE_LABELS[model.track.verdict.state].label : undefined;
  return [
    ...(report.progress.kind === 'fleet'
      ? []
      : [tellsOfLoop(report) ? loopDetail(model, now) : progressDetail(model, now)]),
    ...checksDetail(model),
    ...(showsQueue ? [queueDetail(report, hiddenBy), ...pauseDetail(report, now)] : []),
    ...(tellsOfLoop(report) ? [sessionsDetail(model, report)] : []),
    ...workspaceDetail(report),
    model.daemon.target.kind === 'prometheus' ? sourceDetail(model) : instanceDetail(model, report, now),
    ...errorsDetail(model, report),
    ...besideDetail(report),
  ];
}

/**
 * Whether the daemon has a queue, and a rate limit beside it. A kind that tells of poll cycles tells of its queue in the
 * same part of its answer: where that part is missing, the queue is there and not known.
 */
function hasQueue({ queue, progress }: Report): boolean {
  if (queue !== undefined || progress.kind === 'cycles') return true;
  return progress.kind === 'untold' && progress.by === 'version';
}

/** The last cycle is named where it is old enough to be of interest: with each cycle the row would be written anew. */
function loopDetail(model: DaemonModel, now: Instant): Detail {
  const { last, sample } = model.track;
  const { report, loop, at } = last!;
  const limit = `limit ${duration(staleThresholdMs(report))}`;
  const every = report.pollIntervalMs === undefined ? '' : `every ${duration(report.pollIntervalMs)}`;
  const detail = { key: 'loop', label: 'Poll loop', icon: 'sync' };
  switch (loop?.kind) {
    case undefined:
      return { ...detail, description: 'stopped' };
    case 'stale': {
      const sinceAt = loopSinceAt(model, now);
      const since = sinceAt === undefined ? 'no cycle' : `no cycle since ${clockTime(sinceAt, now.wallAt)}`;
      return { ...detail, description: `hangs · ${since} · ${limit}`, severity: 'red' };
    }
    case 'starting':
      return { ...detail, description: `first cycle under way · ${limit}` };
    case 'advancing': {
      const ageMs = loop.ageMs + (sample?.ok ? 0 : now.monotonicMs - at.monotonicMs);
      const words = ageMs < MINUTE_MS ? 'completes cycles' : `last cycle ${coarseAge(ageMs)} ago`;
      return { ...detail, description: every === '' ? words : `${words} · ${every}` };
    }
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

function sessionsDetail({ track }: DaemonModel, report: Report): Detail {
  const hasDeadline = report.sessions?.some((session) => isLive(session) && session.deadlineAt !== undefined);
  const cause = hasDeadline ? inhibitedBy(track) : undefined;
  const hidden = cause ? ` · timeout warnings hidden by: ${STATE_LABELS[cause].label}` : '';
  return {
    key: 'sessions',
    label: 'Sessions',
    description: `${workingText(report, track.sample?.ok === true)}${hidden}`,
    icon: 'terminal',
  };
}

function pauseDetail({ pause, daemonNow }: Report, now: Instant): Detail[] {
  const detail = { key: 'pause', label: 'Rate limit', icon: 'clock' };
  if (!pause) return [{ ...detail, description: 'not known' }];
  if (!pause.isPaused) return [];
  if (pause.resumesAt === undefined) return [{ ...detail, description: 'paused' }];
  const at = clockMinute(pause.resumesAt, now.wallAt);
  const isPast = pause.resumesAt <= (daemonNow ?? now.wallAt);
  return [{ ...detail, description: isPast ? `paused · was to resume at ${at}` : `paused until ${at}` }];
}

/** Which work it is for: a smithy's project by its database, a dispatchd's workspace. */
function workspaceDetail({ database, instance }: Report): Detail[] {
  const folder = database ? (projectFolder(database.path) ?? database.path) : instance?.workspace;
  return folder === undefined
    ? []
    : [{ key: 'workspace', label: 'Workspace', description: aside(shortPath(folder)), icon: 'folder' }];
}

function instanceDetail({ daemon, holder }: DaemonModel, report: Report, now: Instant): Detail {
  const { kind, instance = {} } = report;
  const { version } = instance;
  const pid = instance.pid ?? holder?.pid;
  const address = addressOf(daemon.target);
  const moved = daemon.movedFromPort === undefined ? '' : `, moved from ${daemon.movedFromPort}`;
  const startedAt = instance.startedAt ?? holder?.startedAtMs;
  const since = startedAt === undefined ? '' : ` since ${clockTime(startedAt, now.wallAt)}`;
  const parts = [
    kind,
    address && `port ${address.port}${moved}`,
    version,
    pid !== undefined && `pid ${pid}${since}`,
    pid === undefined && since !== '' && `runs${since}`,
  ];
  return {
    key: 'instance',
    label: 'Process',
    description: parts.filter(Boolean).join(' · '),
    icon: 'server-process',
  };
}

/** Who measures a fleet. */
function sourceDetail({ daemon }: DaemonModel): Detail {
  const description = aside(wholePlaceOf(daemon.target).replace('http://', ''));
  return { key: 'source', label: 'Prometheus', description, icon: 'graph-line' };
}

function besideDetail({ beside }: Report): Detail[] {
  return beside
    ? [{ key: 'beside', label: 'Other address', description: aside(besideText(beside)), icon: 'info' }]
    : [];
}
