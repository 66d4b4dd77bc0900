import { saidText } from '../../base/said';
import * as v from 'valibot';
import type { Malformed, StrangeAnswer, Unavailable } from '../../health/cause';
import type { Report } from '../../health/report';
import type { Answer } from '../../system/httpClient';
import { notAStatus } from '../read/answers';
import { MAIN_AGENT } from './agentTitle';
import { MAX_AGENTS, MAX_ERROR_CHARS, MAX_NAME_CHARS } from './policy';
import { DUCTOR_PROGRESS, DUCTOR_TRAITS } from './traits';

/** Reads what ductor says of itself: pure, from an answer to a state or to why there is none. */

const Agent = v.object({
  status: v.picklist(['running', 'starting', 'crashed', 'stopped']),
  last_crash_error: v.optional(v.fallback(v.nullable(v.string()), null), null),
});
type Agent = v.InferOutput<typeof Agent>;
const Api = v.object({ status: v.literal('ok'), connections: v.pipe(v.number(), v.integer()) });

/** What ductor says of itself, without its work. */
type ReportedState = Pick<
  Report,
  'isRunning' | 'starting' | 'ending' | 'available' | 'unavailable' | 'malformed'
>;

/** An answer as a report without work, or why it is none. @param readBody reads the JSON of the route */
export function readState(
  answer: Answer,
  readBody: (body: unknown) => ReportedState | undefined,
): Report | StrangeAnswer {
  const refusal = notAStatus(answer);
  if (refusal !== undefined) return refusal;
  try {
    const said = readBody(JSON.parse(answer.body));
    if (!said) return { is: 'noHealthOf', kind: 'ductor' };
    return { kind: 'ductor', ...said, progress: DUCTOR_PROGRESS, traits: DUCTOR_TRAITS };
  } catch {
    return { is: 'noJson' };
  }
}

/** `/health` of the API server; `undefined` where it is another's. */
export function readApi(body: unknown): ReportedState | undefined {
  return v.is(Api, body) ? { isRunning: true, malformed: [] } : undefined;
}

/** `/interagent/health`; `undefined` where it is another's. */
export function readAgents(body: unknown): ReportedState | undefined {
  const entries = agentsIn(body);
  if (!entries) return undefined;
  // It lists its agents once they are made, which takes minutes where it builds an image first.
  if (entries.length === 0) return { isRunning: true, starting: true, malformed: [] };
  const agents = new Map<string, Agent>();
  const malformed: Malformed[] = [];
  for (const [name, value] of entries) {
    if (v.is(Agent, value)) agents.set(name, v.parse(Agent, value));
    else malformed.push({ field: `agents.${saidText(name, MAX_NAME_CHARS)}`, is: 'noAgentHealth' });
  }
  if (agents.size === 0) return undefined;
  const main = agents.get('main');
  if (!main) return { isRunning: true, malformed: [...malformed, { field: 'agents.main', is: 'missing' }] };
  const parts = [...agents.values()].filter(({ status }) => status === 'stopped').length;
  // Sub-agents say so first, then the main one: nothing but the end of the process stops that.
  const ending = { isWhole: main.status === 'stopped', parts };
  if (ending.isWhole) return { isRunning: false, ending, malformed };
  const crashed = [...agents].filter(([, { status }]) => status === 'crashed');
  return {
    isRunning: main.status !== 'crashed',
    ...(main.status === 'starting' && { starting: true }),
    ...(parts > 0 && { ending }),
    ...(crashed.length > 0 && { available: false, unavailable: crashes(crashed) }),
    malformed,
  };
}

/** An agent besides the main one, by the name that the daemon has for it. */
export interface SubAgent {
  readonly name: string;
  /** One that is stopped or crashed works on nothing that its files do not tell of. */
  readonly mayWork: boolean;
}

/** The agents besides the main one, whatever state they are in. */
export function subAgentsOf(body: string): readonly SubAgent[] {
  return (agentsIn(JSON.parse(body)) ?? [])
    .filter(([name]) => name !== MAIN_AGENT)
    .map(([name, agent]) => ({ name, mayWork: mayWork(agent) }));
}

/** The agents in an answer, by hand: a schema goes through all of them, however many there are. */
function agentsIn(body: unknown): readonly (readonly [name: string, agent: unknown])[] | undefined {
  const { agents } = (body ?? {}) as { agents?: unknown };
  if (typeof agents !== 'object' || agents === null || Array.isArray(agents)) return undefined;
  return Object.entries(agents).slice(0, MAX_AGENTS);
}

/** What its state is not known of may work. */
function mayWork(agent: unknown): boolean {
  return !v.is(Agent, agent) || agent.status === 'running' || agent.status === 'starting';
}

/** Which agent crashed: where the main one did, that says it all. */
function crashes(crashed: readonly (readonly [string, Agent])[]): Unavailable {
  const [name, { last_crash_error: error }] = crashed.find(([agent]) => agent === 'main') ?? crashed[0]!;
  const isMain = name === 'main';
  return {
    is: 'agentCrashed',
    agent: isMain ? undefined : saidText(name, MAX_NAME_CHARS),
    others: isMain ? 0 : crashed.length - 1,
    said: saidText(error ?? '', MAX_ERROR_CHARS) || undefined,
  };
}
