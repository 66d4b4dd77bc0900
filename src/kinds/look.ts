import type { Target } from '../model/target';
import type { Answer, Ask, DaemonClient, OpenConnection, Pass } from '../system/httpClient';
import { checkParts } from './read/parts';

/**
 * `watch`: a daemon is watched there, its status is asked for anyway. `find`: there may be nobody, so that the cheapest
 * question comes first. `start`: a daemon is being started there, and may show less of itself than one that is watched.
 */
export type Purpose = 'watch' | 'find' | 'start';

/** An answer, and how long it took, in ms: also where another kind had asked for the answer. */
export interface Seen extends Answer {
  readonly tookMs: number;
}

/**
 * One look at a target: all kinds share its deadline and its answers, so that each route is asked for once, however
 * many kinds read it.
 */
export class Look {
  readonly #answers = new Map<string, Promise<Seen>>();
  /** Somebody answers there, whoever that is. */
  hasAnswer = false;

  /**
   * @param within the deadline of all that this look asks
   * @param client speaks to the target's address; `undefined` where the target has none
   * @param partMs how long one question may take, where the asker does not say
   * @param keptWaiting the daemon kept us waiting before, in this row of failures: it is asked no more than needed
   */
  constructor(
    readonly target: Target,
    readonly purpose: Purpose,
    readonly within: Ask,
    private readonly client: DaemonClient | undefined,
    readonly partMs = Infinity,
    readonly keptWaiting = false,
  ) {}

  /** The address that is looked at, `http://host:port`. */
  get origin(): string | undefined {
    return this.client?.origin;
  }

  /** The connection that the next question goes over, if one is open. */
  get connection(): OpenConnection | undefined {
    return this.client?.connection;
  }

  /**
   * The answer to a GET.
   * @param atMostMs how long this question may take, within the whole
   * @param pass shows more to who has it: an answer of its own
   * @throws {NoAnswer} where there is no whole answer
   */
  get(path: string, atMostMs = this.partMs, pass?: Pass): Promise<Seen> {
    const key = pass ? `${path} with ${pass.token}` : path;
    const known = this.#answers.get(key);
    if (known) return known;
    const startedMs = performance.now();
    const answer = this.#client()
      .get(path, this.within.atMost(atMostMs), pass)
      .then((seen) => {
        const tookMs = performance.now() - startedMs;
        checkParts(seen.body);
        return { ...seen, tookMs };
      });
    this.#answers.set(key, answer);
    answer.then(
      () => (this.hasAnswer = true),
      () => undefined,
    );
    return answer;
  }

  /** Sends JSON, each time anew. @throws {NoAnswer} where there is no whole answer */
  send(method: 'POST' | 'PATCH', path: string, body: object, atMostMs: number): Promise<Answer> {
    return this.#client().send(method, path, { body, timeoutMs: this.within.atMost(atMostMs) });
  }

  #client(): DaemonClient {
    if (!this.client) throw new Error('a daemon without an address answers no request');
    return this.client;
  }
}
