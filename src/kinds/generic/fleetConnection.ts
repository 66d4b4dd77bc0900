import type { Cause } from '../../health/cause';
import type { Fleet } from '../../health/progress';
import type { FleetSetting } from '../../model/askSetting';
import type { Target } from '../../model/target';
import { NoAnswer, type Answer } from '../../system/httpClient';
import type { Answered, Connection, ConnectOptions } from '../kind';
import type { Look, Seen } from '../look';
import { errorIn, notAStatus } from '../read/answers';
import { SERVER_ERROR_STATUS } from '../policy';
import { NONE_KNOWN, readFleet, type KnownSeries } from './fleet';
import { countTargets, readVector, type Vector } from './vector';
import { toReport } from './report';
import type { Moment } from './values';

/** Where Prometheus answers what a query gives now ("HTTP API", "Instant queries"). */
function routeOf(query: string): string {
  return `/api/v1/query?query=${encodeURIComponent(query)}`;
}

/**
 * Asks a Prometheus for a whole fleet: one request for all series. Where the answer has none, what Prometheus measures at
 * all is asked, too.
 */
export class FleetConnection implements Connection {
  readonly statusRoute: string;
  readonly #setting: FleetSetting;
  #known: KnownSeries = NONE_KNOWN;
  /** When it answered last, by its own clock. */
  #answeredAt: number | undefined;
  /** It gave no answer since, or started, or could not do the query in time. */
  #isSilent = false;
  #silence: Moment['silence'];

  constructor(
    { query }: Extract<Target, { readonly kind: 'prometheus' }>,
    private readonly options: ConnectOptions,
  ) {
    if (!options.asks.fleet) throw new Error('a fleet says what its values mean');
    this.#setting = options.asks.fleet;
    this.statusRoute = routeOf(query);
  }

  async ask(look: Look): Promise<Answered> {
    try {
      const answer = await look.get(this.statusRoute, this.options.timeouts.requestMs);
      const vector = whatIsWrong(answer) ?? readVector(answer.body);
      if (!('is' in vector)) return await this.#answered(vector, answer, look);
      this.#isSilent ||= vector.is === 'prometheusFails';
      return { is: 'wrong', why: vector };
    } catch (error) {
      // Who cannot be understood is no Prometheus; who is silent may be one, and the daemons may be well.
      if (!(error instanceof NoAnswer) || error.kind === 'unusable') throw error;
      this.#isSilent = true;
      return { is: 'wrong', why: { is: 'prometheusSilent', why: error.code } };
    }
  }

  async #answered(vector: Vector, { dateAt, tookMs }: Seen, look: Look): Promise<Answered> {
    const daemonNow = vector.at ?? dateAt ?? this.options.wallAt();
    if (this.#isSilent && this.#answeredAt !== undefined)
      this.#silence = { overAt: daemonNow, forMs: daemonNow - this.#answeredAt };
    this.#isSilent = false;
    this.#answeredAt = daemonNow;
    const now: Moment = {
      nowAt: daemonNow,
      monotonicMs: performance.now(),
      ...(this.#silence && { silence: this.#silence }),
    };
    const { fleet, known } = readFleet(this.#setting, this.#known, vector, now);
    this.#known = known;
    const targets = vector.samples.length === 0 ? await askTargets(look) : undefined;
    const told: Fleet = targets ? { ...fleet, targets } : fleet;
    const isState = fleet.by === 'state';
    const report = toReport(undefined, told, {
      daemonNow,
      ...(!isState && { pollStaleThresholdMs: fleet.limit }),
    });
    return { is: 'report', report, latencyMs: tookMs };
  }
}

/** `undefined` where that cannot be told. */
async function askTargets(look: Look): Promise<Fleet['targets']> {
  try {
    const answer = await look.get(routeOf('up'));
    const vector = whatIsWrong(answer) ?? readVector(answer.body);
    return 'is' in vector ? undefined : countTargets(vector);
  } catch (error) {
    if (error instanceof NoAnswer) return undefined;
    throw error;
  }
}

/** Prometheus answers 400 or 422 to a query that it cannot do, and 503 while it starts or where a query takes too long. */
function whatIsWrong(answer: Answer): Cause | undefined {
  const { status } = answer;
  const refusal = status === 404 ? undefined : notAStatus(answer);
  if (status === 404) return { is: 'noPrometheus' };
  if (status < SERVER_ERROR_STATUS || refusal?.is === 'asksToWait') return refusal;
  const said = errorIn(answer);
  return { is: 'prometheusFails', status, ...(said !== undefined && { said }) };
}
