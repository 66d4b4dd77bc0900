import { FALLBACK_TIMEOUT_MS, OWN_STALL_MS, REQUEST_TIMEOUT_MS } from '../health/policy';
import { SMITHY_LIMITS_REREAD_MS } from './smithy/policy';
import type { Failure, KindId, Report, Sample, Session } from '../health/report';
import { notAStatus } from './read/answers';
import { DatabaseOfSmithy } from './smithy/database';
import { Ductor, ductorHome } from './ductor/connection';
import { HealthRoute } from './smithy/healthRoute';
import { HostWatch, holdersOf } from './hostLoad';
import { systemHost, type HostSources } from '../system/hostLoad';
import { Ask, DaemonClient, NoAnswer, type Answer } from '../system/httpClient';
import { AnswerReader, type ReadAnswer } from './smithy/reuse';
import { DOCUMENTED_LIMITS, keepingDeadlines, readSmithyLimits, type SmithyLimits } from './smithy/limits';
import { readStatus } from './smithy/status';
import { cleanText } from '../base/text';
import type { Target } from '../model/target';
import { addressOf } from './target';

export { DispatchdClient } from './dispatchd/client';
export { SmithyAgents } from './smithy/agents';
export { scan } from '../watch/discovery/scan';

/**
 * Asks one daemon how it is. This file is a chunk of its own: undici and valibot load at the first poll,
 * never on the activation path.
 */
export interface Probe {
  /**
   * One sample; never throws. The status is waited for until `REQUEST_TIMEOUT_MS`; all that is asked after it may take
   * `FALLBACK_TIMEOUT_MS` more, together.
   */
  ask(): Promise<Sample>;
  /** A status answer as it came, for the record. @throws when there is none */
  statusText(): Promise<string>;
  close(): Promise<void>;
}

export interface ProbeTimeouts {
  readonly requestMs: number;
  readonly fallbackMs: number;
}

const DEFAULT_TIMEOUTS: ProbeTimeouts = { requestMs: REQUEST_TIMEOUT_MS, fallbackMs: FALLBACK_TIMEOUT_MS };

export interface ProbeOptions {
  /** As configured. A ductor that is not said to be one is recognised by what it answers. */
  readonly kind?: KindId | undefined;
  /** Whether smithy may be sent the PATCH that tells its limits. */
  readonly mayReadLimits?: () => boolean;
  /** Where a ductor of this machine keeps its files. */
  readonly ductorHome?: string;
  /** The time of this machine, epoch ms, to which the files of a ductor are compared; the system's without it. */
  readonly wallAt?: () => number;
  /** What tells how busy the machine and the daemon's process are. */
  readonly host?: HostSources;
}

const STATUS = '/api/daemon/status';

/**
 * @param target where the daemon answers; a text is its address, `http://host:port`
 * @throws where the daemon has no address
 */
export function createProbe(
  target: string | Target,
  timeouts: ProbeTimeouts = DEFAULT_TIMEOUTS,
  {
    kind,
    mayReadLimits = () => false,
    ductorHome: home = ductorHome(),
    wallAt = Date.now,
    host = systemHost,
  }: ProbeOptions = {},
): Probe {
  const origin = typeof target === 'string' ? target : addressOf(target)?.origin;
  if (origin === undefined) throw new Error('A daemon without an address cannot be asked yet.');
  const client = new DaemonClient(origin);
  const limits = new LimitsOfSmithy(client, timeouts.fallbackMs, mayReadLimits);
  const databaseOf = new DatabaseOfSmithy(client, timeouts.fallbackMs);
  const statusReader = new AnswerReader();
  const smithySessions = new SessionsOfSmithy(client, timeouts.fallbackMs, limits);
  const ductor = new Ductor(client, timeouts, { home, isConfigured: kind === 'ductor', wallAt });
  const healthRoute = new HealthRoute(origin, timeouts);
  const holders = holdersOf(origin);

  const sampleOf = async (ask: Ask, startedMs: number): Promise<Sample> => {
    if (ductor.isKnown) return ductor.ask(ask, startedMs);
    const answer = await client.get(STATUS, ask.atMost(timeouts.requestMs));
    const latencyMs = performance.now() - startedMs;
    if (answer.status === 404) {
      const sample = await ductor.recognise(ask);
      if (sample) return sample;
    }
    const report = read(answer, statusReader);
    if (typeof report === 'string') {
      return { ok: false, startedMs, failure: { kind: 'wrongAnswer', cause: report } };
    }
    const sessions = report.sessions ?? (await smithySessions.get(ask));
    const database = report.kind === 'smithy' ? await databaseOf.get(ask) : undefined;
    return {
      ok: true,
      startedMs,
      latencyMs,
      report: { ...report, ...(sessions && { sessions }), ...(database && { database }) },
    };
  };
  /** What answers next may be another, unless it only took too long. */
  const forget = ({ kind: what }: Failure) => {
    databaseOf.forget();
    limits.forget();
    if (what !== 'timeout') ductor.forget();
  };
  const explain = async (error: unknown, load: HostWatch, ask: Ask): Promise<Failure> => {
    if (!(error instanceof NoAnswer)) return { kind: 'reset', cause: cleanText(String(error), 120) };
    if (error.kind === 'unusable') return { kind: 'wrongAnswer', cause: error.message };
    if (error.kind !== 'timeout') return { kind: error.kind, cause: error.message };
    const health = await healthRoute.says();
    const host = load.result(ask.lagMs());
    return health === undefined
      ? { kind: 'timeout', cause: error.message, host }
      : { kind: 'statusHung', cause: `status: ${error.message}, while /api/health ${health}`, host };
  };
  return {
    async ask() {
      const startedMs = performance.now();
      const ask = new Ask(timeouts.requestMs + timeouts.fallbackMs);
      const load = new HostWatch(host, holders);
      // A ductor has no such route.
      if (!ductor.isKnown) healthRoute.begin();
      const sample = await sampleOf(ask, startedMs).catch(async (error: unknown) => ({
        ok: false as const,
        startedMs,
        failure: await explain(error, load, ask),
      }));
      load.stop();
      const ourLagMs = ask.end();
      healthRoute.end(sample, ourLagMs <= OWN_STALL_MS);
      if (!sample.ok) forget(sample.failure);
      return { ...sample, ourLagMs };
    },
    statusText: async () =>
      (await client.get(ductor.isKnown ? ductor.route : STATUS, timeouts.requestMs)).body,
    close: async () => {
      await Promise.all([client.close(), healthRoute.close()]);
    },
  };
}

function read(answer: Answer, reader: AnswerReader): Report | string {
  const refusal = notAStatus(answer);
  if (refusal !== undefined) return refusal;
  let answered: ReadAnswer;
  try {
    answered = reader.read(answer.body);
  } catch {
    return 'its answer is not JSON';
  }
  return readStatus(answered.value, answer.dateAt, answered.sessions);
}

/** smithy's sessions have a route of their own. Where it fails, they are unknown; the status still counts. */
class SessionsOfSmithy {
  readonly #reader = new AnswerReader();
  readonly #withDeadlines = keepingDeadlines();

  constructor(
    private readonly client: DaemonClient,
    private readonly timeoutMs: number,
    private readonly limits: LimitsOfSmithy,
  ) {}

  async get(ask: Ask): Promise<readonly Session[] | undefined> {
    try {
      const { status, body } = await this.client.get('/api/sessions', ask.atMost(this.timeoutMs));
      const sessions = status === 200 ? this.#reader.read(body).sessions : undefined;
      return sessions?.length ? this.#withDeadlines(sessions, await this.limits.current(ask)) : sessions;
    } catch {
      return undefined;
    }
  }
}

/** The limits of one smithy: read rarely, and again after it was away. */
class LimitsOfSmithy {
  #read: { readonly limits: SmithyLimits; readonly atMs: number } | undefined;

  constructor(
    private readonly client: DaemonClient,
    private readonly timeoutMs: number,
    private readonly mayRead: () => boolean,
  ) {}

  async current(ask: Ask): Promise<SmithyLimits> {
    if (!this.mayRead()) return DOCUMENTED_LIMITS;
    if (!this.#read || performance.now() - this.#read.atMs > SMITHY_LIMITS_REREAD_MS) {
      const limits = (await readSmithyLimits(this.client, ask.atMost(this.timeoutMs))) ?? DOCUMENTED_LIMITS;
      this.#read = { limits, atMs: performance.now() };
    }
    return this.#read.limits;
  }

  forget(): void {
    this.#read = undefined;
  }
}
