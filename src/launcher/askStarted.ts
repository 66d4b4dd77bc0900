import { notAStatus } from '../kinds/read/answers';
import { AGENTS_ROUTE, API_ROUTE, readAgents, readApi } from '../kinds/ductor/connection';
import { DUCTOR_PROGRESS, DUCTOR_TRAITS } from '../kinds/ductor/traits';
import { Ask, DaemonClient, NoAnswer } from '../system/httpClient';
import { readStatus } from '../kinds/smithy/status';
import type { Report } from '../health/report';
import { proofOf, type Proof } from '../health/proof';

const STATUS = '/api/daemon/status';

/** Asks a daemon that is being started whether it works, by the client and the readers that every poll uses. */
export class StartedDaemon {
  readonly #client: DaemonClient;

  /** @param origin its address, `http://host:port` */
  constructor(
    origin: string,
    private readonly timeoutMs: number,
  ) {
    this.#client = new DaemonClient(origin);
  }

  /** The last answer that was a daemon's. */
  report: Report | undefined;

  /** What it proves now; never throws, and ends within the time, whichever routes it takes. */
  async ask(): Promise<Proof> {
    this.report = undefined;
    const ask = new Ask(this.timeoutMs);
    try {
      const read = await this.#read(ask);
      if (typeof read === 'string') return { kind: 'notYet', why: read };
      this.report = read;
      return proofOf(read);
    } catch (error) {
      return { kind: 'notYet', why: inWords(error) };
    } finally {
      ask.end();
    }
  }

  async #read(ask: Ask): Promise<Report | string> {
    const answer = await this.#client.get(STATUS, ask);
    if (answer.status !== 404) {
      return notAStatus(answer) ?? readStatus(JSON.parse(answer.body), answer.dateAt);
    }
    for (const [route, reads] of [
      [AGENTS_ROUTE, readAgents],
      [API_ROUTE, readApi],
    ] as const) {
      const other = await this.#client.get(route, ask);
      const said = other.status === 200 ? reads(JSON.parse(other.body)) : undefined;
      if (said) return { kind: 'ductor', ...said, progress: DUCTOR_PROGRESS, traits: DUCTOR_TRAITS };
    }
    return notAStatus(answer) ?? "its answer is not a daemon's status";
  }
}

function inWords(error: unknown): string {
  if (!(error instanceof NoAnswer)) return 'its answer is not JSON';
  return error.kind === 'unusable' ? error.message : `it does not answer (${error.message})`;
}
