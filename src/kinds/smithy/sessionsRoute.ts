import type { Session } from '../../health/report';
import type { Look } from '../look';
import { withDeadlines, type SmithyLimits } from './limits';
import { SESSIONS_ROUTE } from './policy';
import { readSessionsText, type LastRead, type NameMalformed } from './sessions';

/** smithy's sessions have a route of their own. Where it fails, they are unknown; the status still counts. */
export class SessionsOfSmithy {
  readonly #last: LastRead = {};

  constructor(
    private readonly timeoutMs: number,
    private readonly limits: (look: Look) => Promise<SmithyLimits>,
  ) {}

  /** Never rejects. @param name takes what is malformed in them */
  async get(look: Look, name: NameMalformed): Promise<readonly Session[] | undefined> {
    try {
      const sessions = readSessionsText(await look.get(SESSIONS_ROUTE, this.timeoutMs), name, this.#last);
      return sessions?.length ? withDeadlines(sessions, await this.limits(look)) : sessions;
    } catch {
      return undefined;
    }
  }
}
