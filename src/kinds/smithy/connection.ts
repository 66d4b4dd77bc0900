import type { Report, Session } from '../../health/report';
import type { Target } from '../../model/target';
import type { Connection, ConnectOptions } from '../kind';
import type { Look } from '../look';
import { SmithyAgents } from './agents';
import { askDatabase } from './database';
import { askLimits, DOCUMENTED_LIMITS, withDeadlines } from './limits';
import { MergeQueueOfSmithy } from './mergeQueue';
import {
  DATABASE_MAX_AGE_MS,
  MAX_MALFORMED,
  SESSIONS_ROUTE,
  SMITHY_LIMITS_REREAD_MS,
  STATUS_ROUTE,
} from './policy';
import { Rarely } from './rarely';
import { readSessionsText, type LastRead, type NameMalformed } from './sessions';
import { StatusRoute } from './statusRoute';

export { identify, worksFor } from './identify';
export { restartWays } from './start';

const KIND = 'smithy';

/** Talks to one smithy: its status, and the sessions, the database and the merge queue that have routes of their own. */
export function connect(target: Target, options: ConnectOptions): Connection {
  if (target.kind !== 'http') throw new Error('a smithy has an address');
  const { origin } = target;
  const { timeouts, mayReadLimits } = options;
  const status = new StatusRoute(origin, timeouts);
  const { fallbackMs } = timeouts;
  const limits = new Rarely(SMITHY_LIMITS_REREAD_MS, (look) => askLimits(look, fallbackMs));
  const database = new Rarely(DATABASE_MAX_AGE_MS, (look) => askDatabase(look, fallbackMs));
  const mergeQueue = new MergeQueueOfSmithy(fallbackMs);
  const last: LastRead = {};
  /** Its sessions have a route of their own. Where it fails, they are unknown; the status still counts. Never rejects. */
  const sessionsOf = async (look: Look, name: NameMalformed): Promise<readonly Session[] | undefined> => {
    try {
      const sessions = readSessionsText(await look.get(SESSIONS_ROUTE, fallbackMs), name, last);
      if (!sessions?.length) return sessions;
      const known = mayReadLimits() ? await limits.get(look) : undefined;
      return withDeadlines(sessions, known ?? DOCUMENTED_LIMITS);
    } catch {
      return undefined;
    }
  };
  const complete = async (report: Report, look: Look): Promise<Report> => {
    const malformed = [...report.malformed];
    const listed = report.sessions ?? (await sessionsOf(look, (each) => malformed.push(each)));
    const known = await database.get(look);
    const stuckMerges = await mergeQueue.stuck(look);
    return {
      ...report,
      ...(listed && { sessions: listed }),
      ...(known && { database: known }),
      ...(stuckMerges !== undefined && { stuckMerges }),
      malformed: malformed.slice(0, MAX_MALFORMED),
    };
  };
  /** What answers next may be another. */
  const forget = () => {
    database.forget();
    limits.forget();
    mergeQueue.forget();
  };
  const agents = new SmithyAgents(origin);
  return {
    statusRoute: STATUS_ROUTE,
    ask: async (look) => {
      try {
        const answered = await status.ask(look, KIND, (report) => complete(report, look));
        if (answered.is !== 'report') forget();
        return answered;
      } catch (error) {
        forget();
        throw error;
      }
    },
    lostWork: agents,
    history: () => agents.past(),
  };
}
