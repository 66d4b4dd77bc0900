import { HEALTH_ROUTE, STATUS_SHARE_OF_ASK } from './policy';
import { parseObject } from '../../base/text';
import type { StrangeAnswer } from '../../health/cause';
import { DaemonClient } from '../../system/httpClient';
import type { Look } from '../look';
import { readPath } from '../read/paths';

/** What the health route says; `undefined` where that is no object. @throws {NoAnswer} */
export async function healthOf(look: Look): Promise<Record<string, unknown> | undefined> {
  const { status, body } = await look.get(HEALTH_ROUTE);
  return status === 200 ? parseObject(body) : undefined;
}

/**
 * A daemon that has no status where it had one, as its health route shows: of the kinds that have this route a smithy
 * tells its database and its loop, a dispatchd its instance. `undefined` where nobody of these kinds answers.
 */
export async function otherVersion(look: Look): Promise<StrangeAnswer | undefined> {
  const { database, services, instance } = (await healthOf(look).catch(() => undefined)) ?? {};
  const { dispatchDaemon } = (services ?? {}) as { dispatchDaemon?: unknown };
  if (readPath(database) !== undefined) {
    return typeof dispatchDaemon === 'string' ? { is: 'otherVersion', kind: 'smithy' } : undefined;
  }
  const { id } = (instance ?? {}) as { id?: unknown };
  return typeof id === 'string' ? { is: 'otherVersion', kind: 'dispatchd' } : undefined;
}

/** How an ask of the status ended. */
export type RouteEnd = 'answered' | 'silent' | 'statusHung' | 'other';

/**
 * Asks `/api/health` beside a status that keeps us waiting: the answer tells a status that hangs from a process that
 * does. It is asked once in a row of failures, inside the ask: a daemon in trouble is not to be asked twice as much.
 */
export class HealthRoute {
  readonly #timeoutMs: number;
  readonly #afterMs: number;
  #timer: NodeJS.Timeout | undefined;
  #asked: Promise<boolean> | undefined;
  /** Whether `/api/health` answered in this row of failures; `undefined` before it was asked. */
  #answered: boolean | undefined;

  constructor(
    private readonly origin: string,
    { requestMs, fallbackMs }: { requestMs: number; fallbackMs: number },
  ) {
    this.#timeoutMs = Math.min(fallbackMs, requestMs * (1 - STATUS_SHARE_OF_ASK));
    this.#afterMs = requestMs - this.#timeoutMs;
  }

  /** An ask of the status begins. @param keptWaiting the daemon was slow already in this row of failures, whoever asked */
  begin(keptWaiting: boolean): void {
    if (this.#answered !== undefined || keptWaiting) return;
    this.#timer = setTimeout(() => {
      this.#asked = this.#ask();
    }, this.#afterMs);
  }

  /** What is known where the status did not come: `/api/health` answers now, or did so earlier in this row of failures. */
  async says(): Promise<'answers' | 'answered' | undefined> {
    if (this.#answered !== undefined) return this.#answered ? 'answered' : undefined;
    return (await this.#asked) ? 'answers' : undefined;
  }

  /** The ask ended so. @param isReliable our own event loop did not stand still meanwhile */
  end(end: RouteEnd, isReliable: boolean): void {
    clearTimeout(this.#timer);
    this.#asked = undefined;
    if (end === 'answered') this.#answered = undefined;
    else if (isReliable && end === 'silent') this.#answered = false;
    else if (isReliable && end === 'statusHung') this.#answered = true;
  }

  async #ask(): Promise<boolean> {
    // On the status' connection the question would wait behind the status.
    using client = new DaemonClient(this.origin);
    try {
      return (await client.get(HEALTH_ROUTE, this.#timeoutMs)).status === 200;
    } catch {
      return false;
    }
  }
}
