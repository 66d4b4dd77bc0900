import type { IncomingHttpHeaders } from 'node:http';
import { isSameSecret } from '../../system/challenge';
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

/** Whether this is `Authorization: Bearer TOKEN`, in constant time; any bytes are allowed in it. */
export function hasToken(authorization: string | undefined, token: string): boolean {
  return isSameSecret(/^bearer +(.+)$/i.exec(authorization ?? '')?.[1] ?? '', token);
}

/** Refuses who does not have the token. */
export function checkToken(authorization: string | undefined, token: string): ApiError | undefined {
  if (hasToken(authorization, token)) return undefined;
  const message = 'this request needs "Authorization: Bearer <token>"; the token is in the state directory';
  return new ApiError(401, 'UNAUTHORIZED', message);
}
