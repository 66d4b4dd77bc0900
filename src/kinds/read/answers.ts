import { cleanText, parseObject } from '../../base/text';
import type { StrangeAnswer } from '../../health/cause';
import type { Answer } from '../../system/httpClient';
import { MAX_LOCATION_CHARS, MAX_SAID_CHARS } from '../policy';

/** Why an answer cannot be a daemon's status, judged before its body is read. */
export function notAStatus({ status, contentType, location, body }: Answer): StrangeAnswer | undefined {
  const isPage = /\bhtml\b/i.test(contentType);
  if (status === 401 || status === 403) return { is: 'login', status };
  if (status >= 300 && status < 400) {
    return {
      is: 'redirect',
      status,
      to: location === undefined ? undefined : cleanText(location, MAX_LOCATION_CHARS),
    };
  }
  if (status === 404) return { is: 'noStatusRoute' };
  if (status !== 200) {
    const said = isPage ? undefined : errorIn(body);
    return { is: 'httpError', status, isPage, ...(said !== undefined && { said }) };
  }
  if (isPage) return { is: 'webPage' };
  return body.trim() === '' ? { is: 'empty' } : undefined;
}

/** What a daemon says of an error, in its own words; `undefined` where the body is no such answer. */
export function errorIn(body: string, maxChars = MAX_SAID_CHARS): string | undefined {
  const { error } = (parseObject(body) ?? {}) as { error?: { message?: unknown } | string | null };
  const message = typeof error === 'string' ? error : error?.message;
  return typeof message === 'string' ? cleanText(message, maxChars) : undefined;
}
