import type { Malformed } from '../../health/cause';
import type { Session } from '../../health/report';
import { saidText } from '../../base/said';
import { cleanText, parseObject } from '../../base/text';
import type { Answer } from '../../system/httpClient';
import { readId } from '../read/id';
import { parseTime } from '../read/time';
import { MAX_SESSIONS } from '../policy';

const TIMES = ['createdAt', 'startedAt', 'lastActivityAt', 'endedAt', 'deadlineAt'] as const;
const COUNTS = [
  'timeoutMs',
  'extensionsUsed',
  'maxExtensions',
  'requestedExtensions',
  'activityExtensionMs',
  'maxTotalMs',
  'attempt',
] as const;

type Draft = { -readonly [K in keyof Session]: Session[K] };

type RawSession = Readonly<Record<string, unknown>>;

/** A session as its daemon wrote it, and what that says. */
interface Read {
  readonly raw: RawSession;
  readonly session: Session;
}

/**
 * The sessions of one daemon's last answer, by id. Few of many change between two polls, and of most of those a time
 * alone; what stands there as before is not read again, which is a third of the cost of an answer with a thousand.
 */
export interface LastRead {
  sessions?: ReadonlyMap<string, Read>;
}

/** Takes what is malformed in an answer. */
export type NameMalformed = (malformed: Malformed) => void;

/** The sessions in an answer; `undefined` where it has no list of them. */
export function sessionsOf(
  answer: unknown,
  name?: NameMalformed,
  last?: LastRead,
): readonly Session[] | undefined {
  const items = (answer as { sessions?: unknown } | null)?.sessions;
  return Array.isArray(items) ? readSessions(items, name, last) : undefined;
}

/** The same of an answer; `undefined` also where that is no JSON, or not a whole one. */
export function readSessionsText(
  { status, body }: Answer,
  name?: NameMalformed,
  last?: LastRead,
): readonly Session[] | undefined {
  return status === 200 ? sessionsOf(parseObject(body), name, last) : undefined;
}

/** Sessions are read by hand: a schema library takes twice as long for the thousand of a busy daemon. */
export function readSessions(
  items: readonly unknown[],
  name?: NameMalformed,
  last: LastRead = {},
): readonly Session[] {
  const read = new Map<string, Read>();
  for (const [index, item] of items.slice(0, MAX_SESSIONS).entries()) {
    if (typeof item !== 'object' || item === null) continue;
    const raw = item as RawSession;
    const before = last.sessions?.get(raw.id as string);
    const session = (before && readMoved(before, raw)) ?? readSession(raw);
    if (!session) name?.({ field: `sessions.${index}.id`, is: 'noId' });
    // An id names a row of the tree, so each may be there once.
    if (session && !read.has(session.id)) read.set(session.id, { raw, session });
  }
  last.sessions = read;
  return withOwnConversations(Array.from(read.values(), ({ session }) => session));
}

/**
 * A conversation has one agent: an id that sessions of two agents have names none (stoneforge-ai/stoneforge#117, where it
 * is a word of a log), and would take a lost session for a resumed one. An agent that goes on has two sessions of one.
 */
function withOwnConversations(sessions: readonly Session[]): readonly Session[] {
  const agents = new Map<string, string | undefined>();
  const shared = new Set<string>();
  for (const { providerSessionId: id, agentId } of sessions) {
    if (id === undefined) continue;
    if (agents.has(id) && agents.get(id) !== agentId) shared.add(id);
    agents.set(id, agentId);
  }
  if (shared.size === 0) return sessions;
  return sessions.map((session) => {
    const { providerSessionId, ...rest } = session;
    return providerSessionId !== undefined && shared.has(providerSessionId) ? rest : session;
  });
}

/**
 * The session as it was read before, the same object where nothing moved; `undefined` where more than its times and counts
 * did. A value that is no plain one always does.
 */
function readMoved({ raw: before, session }: Read, raw: RawSession): Session | undefined {
  let moved: Draft | undefined;
  for (const key in raw) {
    if (raw[key] === before[key]) continue;
    const figure = isTime(key) ? readTime(raw[key]) : isCount(key) ? readCount(raw[key]) : undefined;
    if (figure === undefined) return undefined;
    moved ??= { ...session };
    moved[key as Figure] = figure;
  }
  for (const key in before) if (!(key in raw)) return undefined;
  return moved ?? session;
}

type Figure = (typeof TIMES)[number] | (typeof COUNTS)[number];

function isTime(key: string): boolean {
  return (TIMES as readonly string[]).includes(key);
}

function isCount(key: string): boolean {
  return (COUNTS as readonly string[]).includes(key);
}

function readTime(value: unknown): number | undefined {
  const at = typeof value === 'string' ? parseTime(value) : NaN;
  return Number.isFinite(at) ? at : undefined;
}

function readCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** One session; `undefined` where it has no id. */
function readSession(raw: RawSession): Session | undefined {
  const id = readId(raw.id);
  if (id === undefined) return undefined;
  const session: Draft = { id, title: title(raw), status: said(raw.status, 30) ?? 'unknown' };
  for (const key of TIMES) assign(session, key, readTime(raw[key]));
  for (const key of COUNTS) assign(session, key, readCount(raw[key]));
  if (raw.kind === 'foreground' || raw.kind === 'named') session.kind = raw.kind;
  if (typeof raw.recovered === 'boolean') session.recovered = raw.recovered;
  if (typeof raw.resumable === 'boolean') session.resumable = raw.resumable;
  if (Number.isInteger(raw.exitCode)) session.exitCode = raw.exitCode as number;
  if (raw.handled !== undefined) session.handled = true;
  const { cause } = (raw.stopping ?? {}) as { cause?: unknown };
  assign(session, 'stopping', said(cause, 30));
  assign(session, 'role', said(raw.agentRole, 30));
  assign(session, 'agentId', readId(raw.agentId));
  assign(session, 'providerSessionId', readId(raw.providerSessionId));
  assign(session, 'command', said(raw.command, 200));
  assign(session, 'cwd', path(raw.cwd ?? raw.worktree ?? raw.workingDirectory, 300));
  assign(session, 'outcome', said(raw.outcome ?? raw.terminationReason, 300));
  return session;
}

function assign<K extends keyof Draft>(session: Draft, key: K, value: Draft[K] | undefined): void {
  if (value !== undefined) session[key] = value;
}

/** One clean line, without secrets; `undefined` where there is none. */
function said(value: unknown, maxChars: number): string | undefined {
  return typeof value === 'string' ? saidText(value, maxChars) || undefined : undefined;
}

/** One clean line of a path, which is to stay whole. */
function path(value: unknown, maxChars: number): string | undefined {
  return typeof value === 'string' ? cleanText(value, maxChars) || undefined : undefined;
}

function title(raw: RawSession): string {
  return (
    said(raw.name, 80) ??
    said(raw.command, 80) ??
    said(worktreeOf(raw), 80) ??
    said(raw.agentRole, 80) ??
    'session'
  );
}

/** smithy names the folder of a piece of work by agent and task, and the session by neither. */
function worktreeOf({ worktree, workingDirectory }: RawSession): string | undefined {
  const folder = worktree ?? workingDirectory;
  if (typeof folder !== 'string') return undefined;
  return /[\\/]\.stoneforge[\\/]\.worktrees[\\/]([^\\/]+)$/.exec(folder)?.[1];
}
