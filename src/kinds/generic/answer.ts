import type { StrangeAnswer } from '../../health/cause';
import type { Session } from '../../health/report';
import type { Answer } from '../../system/httpClient';
import { errorIn, isPage, notAStatus, whyOld } from '../read/answers';
import { SERVER_ERROR_STATUS } from '../policy';
import { shapeMeant, type Means } from './meanings';
import { isMetrics, readMetrics } from './metrics';
import { saidOf } from './checks';
import { parse, readSaid } from './said';
import type { Said } from './spoken';
import { ofReason, shapeOf, type Shape } from './shapes';

/** What a daemon of an unknown make said, in whichever way it was asked. */
export interface Spoken {
  readonly said: Said;
  /** How it says it is; absent where it does not. */
  readonly shape?: Shape;
  /** Only the code of the answer says how it is. */
  readonly isByCode?: true;
  /** Its work, where it tells of that. */
  readonly sessions?: readonly Session[];
}

/** "Service Unavailable" is what a readiness route answers as long as the daemon is not ready. */
const NOT_READY = 503;
/** How a web page begins, also one that calls itself a text. */
const PAGE = /^\s*<(?:!doctype html|html)\b/i;

/**
 * What an HTTP answer says, or why that is nothing. A body is read whatever the status is, since who is not ready says
 * there why.
 *
 * @param expect the statuses of a good answer; 2xx where absent
 * @param means what its words mean, where its entry says that
 */
export function readAnswer(
  answer: Answer,
  expect: readonly number[] | undefined,
  means?: Means,
): Spoken | StrangeAnswer {
  const { status, body, contentType, encoding } = answer;
  const isGood = expect ? expect.includes(status) : status >= 200 && status < 300;
  const isWeb = PAGE.test(body) || (isPage(answer) && !isPlain(body));
  const old = whyOld(answer);
  if (old) return old;
  if (isGood && isWeb) return { is: 'webPage' };
  if (isGood && encoding !== undefined) return { is: 'compressed', by: encoding };
  if (isGood && isMetrics(body, contentType)) return { said: readMetrics(body) };
  const said = readSaid(isWeb || encoding !== undefined ? '' : body);
  const shape =
    status === 401 || status === 403 || status === 404
      ? undefined
      : (shapeMeant(body, means) ?? shapeOf(body, said.json));
  if (isGood) return { said, ...(shape && { shape }) };
  if (shape && !isWeb && status >= SERVER_ERROR_STATUS) return { said, shape: notGood(shape) };
  if (status === 404) return { is: 'nothingAtPath' };
  const refusal = status === 200 ? undefined : notAStatus(answer);
  if (status === NOT_READY && refusal?.is !== 'asksToWait' && !isWeb) {
    const why = errorIn(answer) ?? saidOf(Object(said.json) as Readonly<Record<string, unknown>>);
    const condition = (why === undefined ? undefined : ofReason(why)) ?? 'bad';
    return {
      said,
      shape: { condition, checks: [], ...(why !== undefined && { said: why }) },
      isByCode: true,
    };
  }
  return refusal ?? { is: 'httpError', status, isPage: isWeb };
}

/** A text, or JSON, that a server calls a page where nobody named its type: Flask, Django, PHP and Express do. */
function isPlain(body: string): boolean {
  return body.trim() !== '' && (!/<[a-z!/]/i.test(body) || parse(body) !== undefined);
}

/** Who answers with an error and calls itself well is not believed. */
function notGood(shape: Shape): Shape {
  return shape.condition === 'good' || shape.condition === 'unknown' ? { ...shape, condition: 'bad' } : shape;
}
