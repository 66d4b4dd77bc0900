import { STATUS_CODES } from 'node:http';
import { saidText } from '../../base/said';
import { parseObject } from '../../base/text';
import type { StrangeAnswer } from '../../health/cause';
import type { Answer } from '../../system/httpClient';
import { MAX_ANSWER_AGE_MS, MAX_LOCATION_CHARS, MAX_SAID_CHARS } from '../policy';

/** Statuses that lead to another address (RFC 9110, 15.4); 304 does not. */
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Statuses that mean "later" where they say when (RFC 9110, 15.6.4, and RFC 6585, 4). */
const ASK_TO_WAIT: readonly number[] = [429, 503];

/** Why an answer cannot be a daemon's status, judged before its body is read. */
export function notAStatus(answer: Answer): StrangeAnswer | undefined {
  const { status, location, retryAfterMs } = answer;
  if (REDIRECTS.includes(status)) {
    return {
      is: 'redirect',
      status,
      to: location === undefined ? undefined : saidText(location, MAX_LOCATION_CHARS),
    };
  }
  if (status === 404) return { is: 'noStatusRoute' };
  if (ASK_TO_WAIT.includes(status) && retryAfterMs !== undefined) {
    return { is: 'asksToWait', status, waitMs: retryAfterMs };
  }
  if (status !== 200) {
    const said = errorIn(answer);
    const isLogin = status === 401 || (status === 403 && said === undefined);
    return {
      ...(isLogin ? { is: 'login', status } : { is: 'httpError', status, isPage: isPage(answer) }),
      ...(said !== undefined && { said }),
    };
  }
  if (isPage(answer)) return { is: 'webPage' };
  const cached = whyOld(answer);
  if (cached) return cached;
  if (answer.encoding !== undefined) return { is: 'compressed', by: answer.encoding };
  return answer.body.trim() === '' ? { is: 'empty' } : undefined;
}

/** Why an answer tells how the daemon was, and not how the daemon is. */
export function whyOld({ ageMs = 0 }: Answer): StrangeAnswer | undefined {
  return ageMs > MAX_ANSWER_AGE_MS ? { is: 'cached', ageMs } : undefined;
}

/** Whether an answer calls itself a web page. */
export function isPage({ contentType }: Pick<Answer, 'contentType'>): boolean {
  return /\bx?html\b/i.test(contentType);
}

/** What a daemon says of an error, in its own words: a text, or the message in a JSON; `undefined` where there are none. */
export function errorIn(answer: Omit<Answer, 'location' | 'retryAfterMs' | 'dateAt'>): string | undefined {
  const { status, contentType, encoding, body } = answer;
  const { error, message, detail } = (parseObject(body) ?? {}) as Readonly<Record<string, unknown>>;
  const inner = (error as { message?: unknown } | null | undefined)?.message;
  const isText = encoding === undefined && /^(text\/plain\b|$)/i.test(contentType) && !/^\s*[<{[]/.test(body);
  const texts = [error, inner, message, detail, isText ? body : undefined].filter(
    (each) => typeof each === 'string',
  );
  // NestJS and Fastify say the name of the code beside their words.
  const said = texts.find((each) => each !== STATUS_CODES[status]) ?? texts[0];
  return saidText(said ?? '', MAX_SAID_CHARS) || undefined;
}
