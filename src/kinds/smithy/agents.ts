import { CodedError } from '../../base/errors';
import { parseObject } from '../../base/text';
import type { ToldPast } from '../../health/toldPast';
import type { Refusal } from '../../model/refusal';
import { errorIn } from '../read/answers';
import { REQUEST_TIMEOUT_MS } from '../../health/policy';
import type { EndedSession } from '../../health/interrupted';
import type { Session } from '../../health/report';
import { DaemonClient } from '../../system/httpClient';
import type { LostWork } from '../kind';
import { parseTime } from '../read/time';
import { AGENTS_ROUTE, RESUME_TIMEOUT_MS } from './policy';
import { readSessions } from './sessions';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What can be asked of the agents of one smithy. */
export class SmithyAgents implements LostWork {
  constructor(private readonly origin: string) {}

  /** The last few sessions that ended, which smithy remembers over a restart. @throws when it does not answer */
  async ended(agentId: string): Promise<readonly EndedSession[]> {
    using client = new DaemonClient(this.origin);
    const { status, body } = await client.get(`${agentPath(agentId)}/status`, REQUEST_TIMEOUT_MS);
    if (status !== 200) throw new Error(`HTTP ${status}`);
    const { recentHistory } = JSON.parse(body) as { recentHistory?: unknown };
    return Array.isArray(recentHistory) ? recentHistory.flatMap(readEnded) : [];
  }

  /**
   * When the sessions of its agents ended, the last 20 of each: smithy keeps them over a restart, and its list of sessions
   * forgets each after 5 s. Of its own lives it tells nothing. @throws when it does not answer
   */
  async past(): Promise<ToldPast | undefined> {
    using client = new DaemonClient(this.origin);
    const { status, body, dateAt } = await client.get(AGENTS_ROUTE, REQUEST_TIMEOUT_MS);
    if (status !== 200 || dateAt === undefined) return undefined;
    const agents = (parseObject(body) as { agents?: unknown } | undefined)?.agents;
    if (!Array.isArray(agents)) return undefined;
    const ended = agents.flatMap((agent: unknown) => historyOf(agent));
    return { daemonNow: dateAt, lives: [], lateCycles: [], sessions: readSessions(ended) };
  }

  /** Goes on with a session that a restart interrupted. @throws an error fit to show where smithy refuses */
  async resume(session: Session): Promise<void> {
    const { path, body } = resumption(session);
    using client = new DaemonClient(this.origin);
    const answer = await client.send('POST', path, { body, timeoutMs: RESUME_TIMEOUT_MS });
    const { status } = answer;
    if (status < 200 || status >= 300)
      throw new CodedError<Refusal>({ is: 'refused', daemon: 'smithy', status, said: errorIn(answer) });
  }

  /**
   * smithy reads the id from its agent's output, and has noted a word of a log in its place
   * (stoneforge-ai/stoneforge#117).
   */
  isDoubtful({ providerSessionId }: Session): boolean {
    return providerSessionId === undefined || !UUID.test(providerSessionId);
  }

  resumeCommand(session: Session): string {
    const { path, body } = resumption(session);
    const words = ['-X', 'POST', '-H', 'content-type: application/json', '-d', JSON.stringify(body)];
    return `curl ${[...words, `${this.origin}${path}`].map(quoted).join(' ')}`;
  }
}

/** The request that goes on with a session. Without the conversation's id smithy knows of nothing after a restart. */
function resumption({ agentId = '', providerSessionId, cwd }: Session): { path: string; body: object } {
  // A folder that was cut off to be shown is none.
  const isWhole = cwd !== undefined && !cwd.endsWith('…');
  return {
    path: `${agentPath(agentId)}/resume`,
    body: { providerSessionId, ...(isWhole && { workingDirectory: cwd }) },
  };
}

function historyOf(agent: unknown): readonly unknown[] {
  const { id, metadata } = (agent ?? {}) as {
    id?: unknown;
    metadata?: { agent?: { sessionHistory?: unknown } };
  };
  const history = metadata?.agent?.sessionHistory;
  if (!Array.isArray(history)) return [];
  return history.map((each: unknown) =>
    typeof each === 'object' && each !== null ? { ...each, agentId: id } : each,
  );
}

function agentPath(agentId: string): string {
  return `/api/agents/${encodeURIComponent(agentId)}`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function readEnded(entry: unknown): EndedSession[] {
  if (typeof entry !== 'object' || entry === null) return [];
  const { id, providerSessionId, endedAt } = entry as Record<string, unknown>;
  if (typeof id !== 'string') return [];
  const at = typeof endedAt === 'string' ? parseTime(endedAt) : NaN;
  return [
    {
      id,
      ...(typeof providerSessionId === 'string' && { providerSessionId }),
      ...(Number.isFinite(at) && { endedAt: at }),
    },
  ];
}
