import type { Session } from '../../health/report';
import type { Look } from '../look';
import { keepingDeadlines, type LimitsOfSmithy } from './limits';
import { SESSIONS_ROUTE } from './policy';
import { AnswerReader } from './reuse';

/** smithy's sessions have a route of their own. Where it fails, they are unknown; the status still counts. */
export class SessionsOfSmithy {
  readonly #reader = new AnswerReader();
  readonly #withDeadlines = keepingDeadlines();

  constructor(
    private readonly timeoutMs: number,
    private readonly limits: LimitsOfSmithy,
  ) {}

  /** Never rejects. */
  async get(look: Look): Promise<readonly Session[] | undefined> {
    try {
      const { status, body } = await look.get(SESSIONS_ROUTE, this.timeoutMs);
      const sessions = status === 200 ? this.#reader.read(body).sessions : undefined;
      return sessions?.length ? this.#withDeadlines(sessions, await this.limits.current(look)) : sessions;
    } catch {
      return undefined;
    }
  }
}
