import { cleanText } from '../base/text';
import type { Lost } from '../health/interrupted';
import type { KeptLife } from '../health/keptLife';
import { MAX_SESSION_ROWS } from '../health/policy';
import type { Session } from '../health/report';
import { isLive } from '../health/sessions';
import type { Track } from '../health/trackState';
import type { ToldSeries } from '../health/vanished';
import { keptWaiting, type KeptWaiting } from '../health/waiting';
import type { Remembered } from '../model/daemonModel';
import { parseEntries } from './entries';
import { fieldsOf, hasFields, type Parse } from './stored';

/** Whether a daemon was up, was stopped through us, failed to start, or starts nothing of what waits. */
export type Seen = Pick<Remembered, 'seenUpAt' | 'stoppedByUs' | 'startFailed' | 'hasEnded' | 'waiting'>;

export const readSeen: Parse<Seen> = (raw, leave) => {
  if (parseEntries(raw) === undefined) return undefined;
  const { seenUpAt, stoppedByUs, startFailed, hasEnded, waiting } = fieldsOf(raw);
  const isWhole = hasFields(
    raw,
    {},
    { seenUpAt: 'number', stoppedByUs: 'boolean', startFailed: 'string', hasEnded: 'boolean' },
  );
  if (!isWhole || (waiting !== undefined && !isWaiting(waiting))) leave(raw);
  return {
    ...(typeof seenUpAt === 'number' && { seenUpAt }),
    ...(stoppedByUs === true && { stoppedByUs }),
    ...(typeof startFailed === 'string' && { startFailed: cleanText(startFailed) }),
    ...(hasEnded === true && { hasEnded }),
    ...(isWaiting(waiting) && { waiting: keptWaiting(waiting) }),
  };
};

function isWaiting(raw: unknown): raw is KeptWaiting {
  return hasFields(raw, { sinceAt: 'number', ready: 'number', isLong: 'boolean' }, { newestAt: 'number' });
}

export function seenOf({ seenUpAt, stoppedByUs, startFailed, ended, waiting }: Track): Seen {
  return {
    ...(seenUpAt !== undefined && { seenUpAt }),
    ...(stoppedByUs && { stoppedByUs }),
    ...(startFailed !== undefined && { startFailed }),
    ...(ended === 'byItself' && { hasEnded: true }),
    ...(waiting && { waiting: keptWaiting(waiting) }),
  };
}

export function isToldSeries(value: unknown): value is ToldSeries {
  return hasFields(value, { key: 'string', name: 'string' }, { goneAt: 'number' });
}

type Fields<T> = Readonly<Record<keyof T, 'string' | 'number' | 'boolean'>>;

const NEEDED: Fields<Pick<Session, 'id' | 'title' | 'status'>> = {
  id: 'string',
  title: 'string',
  status: 'string',
};

const OPTIONAL: Fields<Omit<Session, keyof typeof NEEDED>> = {
  kind: 'string',
  role: 'string',
  agentId: 'string',
  providerSessionId: 'string',
  question: 'string',
  questionCount: 'number',
  command: 'string',
  cwd: 'string',
  createdAt: 'number',
  startedAt: 'number',
  lastActivityAt: 'number',
  endedAt: 'number',
  deadlineAt: 'number',
  deadlineAssumed: 'boolean',
  timeoutMs: 'number',
  extensionsUsed: 'number',
  maxExtensions: 'number',
  requestedExtensions: 'number',
  activityExtensionMs: 'number',
  maxTotalMs: 'number',
  attempt: 'number',
  recovered: 'boolean',
  resumable: 'boolean',
  exitCode: 'number',
  outcome: 'string',
  handled: 'boolean',
  endUntold: 'boolean',
  endAssumed: 'boolean',
  wasLost: 'boolean',
  stopping: 'string',
};

/** The last named instance of a daemon, with what ran in it. */
export const readLife: Parse<KeptLife> = (raw, leave) => {
  const optional = { stateDir: 'string', kind: 'string', bootId: 'string', seenAt: 'number' } as const;
  if (!hasFields(raw, { id: 'string' }, optional)) return undefined;
  const { ran, ...life } = raw as KeptLife & { ran?: unknown };
  if (ran === undefined) return life;
  if (!Array.isArray(ran)) return undefined;
  const sessions = ran.slice(0, MAX_SESSION_ROWS).filter(isRun);
  if (sessions.length < ran.length) leave(raw);
  return { ...life, ran: sessions.map((each) => ({ ...each, title: cleanText(each.title) })) };
};

function isRun(value: unknown): value is Session {
  return hasFields(value, NEEDED, OPTIONAL) && isLive(value as Session);
}

const LOST_STATUS = ['interrupted', 'timed-out'];

/** Work that a restart interrupted, or its time ended, and that its daemon does not remember. */
export function isLost(value: unknown): value is Lost {
  const { session } = fieldsOf(value);
  return (
    hasFields(value, { foundAt: 'number' }, { database: 'string' }) &&
    hasFields(session, NEEDED, OPTIONAL) &&
    LOST_STATUS.includes(String(fieldsOf(session).status))
  );
}
