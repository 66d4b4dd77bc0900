import type { Malformed } from '../../health/cause';
import type { Session } from '../../health/report';
import { cleanText, parseObject } from '../../base/text';
import type { Answer } from '../../system/httpClient';
import { readId } from '../read/id';
import { parseTime } from '../read/time';
import { MAX_SESSIONS } from '../policy';

const TIMES = ['createdAt', 'startedAt', 'lastActivityAt', 'endedAt', 'deadlineAt'] as const;
const COUNTS = ['timeoutMs', 'extensionsUsed', 'maxExtensions', 'requestedExtensions', 'attempt'] as const;

type Draft = { -readonly [K in keyof Session]: Session[K] };

/** Takes what is malformed in an answer. */
export type NameMalformed = (malformed: Malformed) => void;

/** The sessions in an answer; `undefined` where it has no list of them. */
export function sessionsOf(answer: unknown, name?: NameMalformed): readonly Session[] | undefined {
  const items = (answer as { sessions?: unknown } | null)?.sessions;
  return Array.isArray(items) ? readSessions(items, name) : undefined;
}

/** The same of an answer; `undefined` also where that is no JSON, or not a whole one. */
export function readSessionsText(
  { status, body }: Answer,
  name?: NameMalformed,
): readonly Session[] | undefined {
  return status === 200 ? sessionsOf(parseObject(body), name) : undefined;
}

/** Sessions are read by hand: a schema library takes twice as long for the thousand of a busy daemon. */
export function readSessions(items: readonly unknown[], name?: NameMalformed): readonly Session[] {
  const ids = new Set<string>();
  const sessions: Session[] = [];
  for (const [index, item] of items.slice(0, MAX_SESSIONS).entries()) {
    if (typeof item !== 'object' || item === null) continue;
    const session = readSession(item as Record<string, unknown>);
    if (!session) name?.({ field: `sessions.${index}.id`, is: 'noId' });
    // An id names a row of the tree, so each may be there once.
    if (!session || ids.has(session.id)) continue;
    ids.add(session.id);
    sessions.push(session);
  }
  return sessions;
}

/** One session; `undefined` where it has no id. */
function readSession(raw: Record<string, unknown>): Session | undefined {
  const id = readId(raw.id);
  if (id === undefined) return undefined;
  const session: Draft = { id, title: title(raw), status: text(raw.status, 30) ?? 'unknown' };
  for (const key of TIMES) {
    const value = raw[key];
    const at = typeof value === 'string' ? parseTime(value) : NaN;
    if (Number.isFinite(at)) session[key] = at;
  }
  for (const key of COUNTS) {
    const value = raw[key];
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) session[key] = value;
  }
  if (raw.kind === 'foreground' || raw.kind === 'named') session.kind = raw.kind;
  if (typeof raw.recovered === 'boolean') session.recovered = raw.recovered;
  if (typeof raw.resumable === 'boolean') session.resumable = raw.resumable;
  if (Number.isInteger(raw.exitCode)) session.exitCode = raw.exitCode as number;
  if (raw.handled !== undefined) session.handled = true;
  const { cause } = (raw.stopping ?? {}) as { cause?: unknown };
  assign(session, 'stopping', text(cause, 30));
  assign(session, 'role', text(raw.agentRole, 30));
  assign(session, 'agentId', readId(raw.agentId));
  assign(session, 'providerSessionId', readId(raw.providerSessionId));
  assign(session, 'command', text(raw.command, 200));
  assign(session, 'cwd', text(raw.cwd ?? raw.worktree ?? raw.workingDirectory, 300));
  assign(session, 'outcome', text(raw.outcome ?? raw.terminationReason, 300));
  return session;
}

function assign<K extends keyof Draft>(session: Draft, key: K, value: Draft[K] | undefined): void {
  if (value !== undefined) session[key] = value;
}

/** One clean line; `undefined` where there is none. */
function text(value: unknown, maxChars: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const line = cleanText(value, maxChars);
  return line === '' ? undefined : line;
}

function title(raw: Record<string, unknown>): string {
  return (
    text(raw.name, 80) ??
    text(raw.command, 80) ??
    text(worktreeOf(raw), 80) ??
    text(raw.agentRole, 80) ??
    'session'
  );
}

/** smithy names the folder of a piece of work by agent and task, and the session by neither. */
function worktreeOf({ worktree, workingDirectory }: Record<string, unknown>): string | undefined {
  const folder = worktree ?? workingDirectory;
  if (typeof folder !== 'string') return undefined;
  return /[\\/]\.stoneforge[\\/]\.worktrees[\\/]([^\\/]+)$/.exec(folder)?.[1];
}
