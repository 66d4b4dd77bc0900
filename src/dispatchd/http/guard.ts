import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from './errors';

/**
 * Refuses what a web page could send: a foreign `Origin`, or a name that was rebound to 127.0.0.1 and therefore
 * shows in `Host`.
 */
export function checkOrigin({ host, origin }: IncomingHttpHeaders, port: number): ApiError | undefined {
  const ours = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`);
  if (!host || !ours.includes(host.toLowerCase())) {
    return new ApiError(403, 'FORBIDDEN_HOST', `Host must be 127.0.0.1:${port}`);
  }
  if (origin !== undefined && !ours.some((name) => origin.toLowerCase() === `http://${name}`)) {
    return new ApiError(403, 'FORBIDDEN_ORIGIN', 'requests from other origins are refused');
  }
  return undefined;
}

/** Checks `Authorization: Bearer TOKEN` in constant time; any bytes are allowed in it. */
export function checkToken(authorization: string | undefined, token: string): ApiError | undefined {
  const given = /^bearer +(.+)$/i.exec(authorization ?? '')?.[1] ?? '';
  // Digests have equal length, which timingSafeEqual requires of its arguments.
  if (timingSafeEqual(digest(given), digest(token))) return undefined;
  const message = 'this request needs "Authorization: Bearer <token>"; the token is in the state directory';
  return new ApiError(401, 'UNAUTHORIZED', message);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
