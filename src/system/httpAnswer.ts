import type { IncomingHttpHeaders } from 'node:http';
import { SECOND_MS } from '../base/time';

/** A whole answer, bounded and read to its end. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  /** Of a compressed body, such as `gzip`: nobody asks for one, and nobody unpacks it. */
  readonly encoding: string | undefined;
  readonly location: string | undefined;
  /** So long the server asks to wait before the next request, in ms. */
  readonly retryAfterMs: number | undefined;
  /** How long a cache has had it (RFC 9111, 5.1), in ms; absent where none says so. */
  readonly ageMs?: number;
  /** The `Date` header in epoch ms; whole seconds. */
  readonly dateAt: number | undefined;
  readonly body: string;
}

/** Compressions (the registry of IANA); what else may stand in the header changes nothing of the body. */
const COMPRESSED = /\b(br|compress|deflate|gzip|zstd)\b/i;

/** What the head of an answer says. */
export function headOf(status: number, headers: IncomingHttpHeaders): Omit<Answer, 'body'> {
  const dateAt = timeIn(headers.date);
  const age = /^\d{1,9}$/.exec(first(headers.age) ?? '')?.[0];
  return {
    status,
    contentType: first(headers['content-type']) ?? '',
    encoding: COMPRESSED.exec(first(headers['content-encoding']) ?? '')?.[0].toLowerCase(),
    location: first(headers.location),
    ...(age !== undefined && { ageMs: Number(age) * SECOND_MS }),
    retryAfterMs: waitIn(first(headers['retry-after']), dateAt),
    dateAt,
  };
}

function timeIn(header: string | string[] | undefined): number | undefined {
  const at = Date.parse(first(header) ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** `Retry-After` names seconds or a date (RFC 9110, 10.2.3); a date is one of the server's own clock. */
function waitIn(header: string | undefined, dateAt = Date.now()): number | undefined {
  if (header !== undefined && /^\d{1,9}$/.test(header)) return Number(header) * SECOND_MS;
  const at = timeIn(header);
  return at === undefined ? undefined : Math.max(0, at - dateAt);
}

/** The first of a header that may stand several times. */
export function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
