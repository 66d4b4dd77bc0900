import { CodedError, type NoAnswerCause } from '../base/errors';
import { MAX_BODY_BYTES } from './policy';

/** No answer, and why. */
export class NoAnswer extends CodedError<NoAnswerCause> {
  constructor(
    readonly kind: 'refused' | 'reset' | 'timeout' | 'unusable',
    cause: NoAnswerCause,
  ) {
    super(cause);
  }
}

/**
 * An error of the HTTP client as the reason why there is no answer.
 * @param hasHead the head of an answer came before
 */
export function toNoAnswer(error: unknown, hasHead = false): NoAnswer {
  if (error instanceof NoAnswer) return error;
  const { name = '', code = '', message = '' } = error as Partial<Record<string, string>>;
  const codes = [code, ...nested(error)];
  if (codes.some((c) => /TIMEOUT|TIMEDOUT/.test(c))) {
    return new NoAnswer('timeout', { is: 'connectTimedOut' });
  }
  if (codes.includes('UND_ERR_RES_EXCEEDED_MAX_SIZE')) return tooLarge();
  if (codes.includes('ECONNREFUSED')) return new NoAnswer('refused', { is: 'connectionRefused' });
  if (codes.some((c) => c === 'ENOTFOUND' || c === 'EAI_AGAIN')) {
    return new NoAnswer('refused', { is: 'unknownHost' });
  }
  // The connection ended within an answer.
  if (name === 'HTTPParserError' && message.includes('EOF')) return new NoAnswer('reset', { is: 'closed' });
  // A parser error has no code.
  if (name === 'HTTPParserError' || codes.includes('UND_ERR_HEADERS_OVERFLOW')) {
    return new NoAnswer('unusable', { is: 'noHttp' });
  }
  // What undici says of a head that it cannot take. After a head the first of them means that the body ends too soon.
  const isBadHead =
    (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' && !hasHead) ||
    code === 'ERR_ASSERTION' ||
    /^bad (response|upgrade)$/.test(message);
  if (isBadHead) return new NoAnswer('unusable', { is: 'badHttp' });
  const known = codes.find((c) => c !== '' && !c.startsWith('UND_ERR_'));
  return new NoAnswer('reset', known ? { is: 'connectionFailed', code: known } : { is: 'closed' });
}

/** What an answer fails with that is larger than what is read. */
export function tooLarge(): NoAnswer {
  return new NoAnswer('unusable', { is: 'tooLarge', maxBytes: MAX_BODY_BYTES });
}

/** The codes of an error's causes: connecting to several addresses fails with one error of many. */
function nested(error: unknown): string[] {
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  return [cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])].flatMap((inner) => {
    const code = inner && typeof inner === 'object' ? (inner as { code?: unknown }).code : undefined;
    return typeof code === 'string' ? [code] : [];
  });
}
