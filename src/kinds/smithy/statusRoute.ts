import { OWN_STALL_MS } from '../../health/policy';
import type { StrangeAnswer } from '../../health/cause';
import type { KindId, Report } from '../../health/report';
import { NoAnswer, type Answer, type Pass } from '../../system/httpClient';
import type { Answered, AskTimeouts } from '../kind';
import type { Look } from '../look';
import { notAStatus } from '../read/answers';
import { HealthRoute, otherVersion, type RouteEnd } from './healthRoute';
import { SERVER_ERROR_STATUS } from '../policy';
import { STATUS_ROUTE } from './policy';
import type { LastRead } from './sessions';
import { readStatus } from './status';

/** Asks one daemon for the status that smithy and the kinds which extend it have. */
export class StatusRoute {
  readonly #healthRoute: HealthRoute;
  readonly #last: LastRead = {};

  constructor(
    origin: string,
    private readonly timeouts: AskTimeouts,
  ) {
    this.#healthRoute = new HealthRoute(origin, timeouts);
  }

  /**
   * @param kind whose answer is waited for
   * @param complete asks for what the status does not tell
   * @param pass shows more to who has it
   * @throws {NoAnswer}
   */
  async ask(
    look: Look,
    kind: KindId,
    complete: (report: Report) => Promise<Report> = (report) => Promise.resolve(report),
    pass?: Pass,
  ): Promise<Answered> {
    this.#healthRoute.begin(look.keptWaiting);
    let end: RouteEnd = 'other';
    try {
      const answer = await look.get(STATUS_ROUTE, this.timeouts.requestMs, pass);
      end = 'answered';
      const report = readAnswer(answer, this.#last);
      if ('is' in report) {
        if (answer.status === 404) return { is: 'stranger', why: report, orElse: () => otherVersion(look) };
        const isError = report.is === 'httpError' && report.status >= SERVER_ERROR_STATUS;
        const isKnown = isError && (await otherVersion(look)) !== undefined;
        return { is: 'wrong', why: report, isKnown };
      }
      if (report.kind !== kind) return { is: 'stranger', why: { is: 'answerOf', kind: report.kind } };
      return { is: 'report', report: await complete(report), latencyMs: answer.tookMs };
    } catch (error) {
      if (!(error instanceof NoAnswer) || error.kind !== 'timeout') {
        if (error instanceof NoAnswer && error.kind === 'unusable') end = 'answered';
        throw error;
      }
      const health = await this.#healthRoute.says();
      end = health === undefined ? 'silent' : 'statusHung';
      if (health === undefined) throw error;
      const withinMs = error.code.is === 'noAnswer' ? error.code.withinMs : undefined;
      return { is: 'statusHung', why: { is: 'statusHangs', withinMs, healthRoute: health } };
    } finally {
      this.#healthRoute.end(end, look.within.lagMs() <= OWN_STALL_MS);
    }
  }
}

/** The answer of the status route as a report, or why it is none. @param last the sessions that were read last */
export function readAnswer(answer: Answer, last?: LastRead): Report | StrangeAnswer {
  const refusal = notAStatus(answer);
  if (refusal !== undefined) return refusal;
  let body: unknown;
  try {
    body = JSON.parse(answer.body);
  } catch {
    return { is: 'noJson' };
  }
  return readStatus(body, answer.dateAt, last);
}
