import type { IncomingMessage } from 'node:http';
import { isSameSecret } from '../../system/challenge';
import { ApiError } from './errors';

/** What each answer says to a browser: nobody else may read, frame, keep or guess at what is in it. */
export const ANSWER_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Of these Node shows the first one only, or all as one: who sends two wants two readers to see two things. */
const ONCE = ['host', 'origin', 'authorization', 'sec-fetch-site'];

/** By whom a browser says that it asks: by a page of ours, or by the user. */
const OWN_SITES = ['same-origin', 'none'];

/**
 * Refuses what a web page could send: a foreign `Origin` or site, or a name that was rebound to 127.0.0.1 and therefore
 * shows in `Host`; and what two readers may read in two ways.
 */
export function checkRequest(request: IncomingMessage, port: number): ApiError | undefined {
  const { headers, rawHeaders, url } = request;
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const twice = ONCE.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (twice !== undefined) return new ApiError(400, 'BAD_REQUEST', `the header ${twice} may stand once only`);
  // An address with a host of its own outweighs `Host` (RFC 9112, 3.2.2).
  if (!url?.startsWith('/')) return new ApiError(400, 'BAD_REQUEST', 'the address must begin with /');
  return checkOrigin(headers, port);
}

function checkOrigin(headers: IncomingMessage['headers'], port: number): ApiError | undefined {
  const { host, origin, 'sec-fetch-site': site } = headers;
  const ours = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`);
  if (!host || !ours.includes(host.toLowerCase())) {
    return new ApiError(403, 'FORBIDDEN_HOST', `Host must be 127.0.0.1:${port}`);
  }
  if (origin !== undefined && !ours.some((name) => origin.toLowerCase() === `http://${name}`)) {
    return new ApiError(403, 'FORBIDDEN_ORIGIN', 'requests from other origins are refused');
  }
  if (site !== undefined && !OWN_SITES.some((name) => name === site)) {
    return new ApiError(403, 'FORBIDDEN_SITE', 'requests from other sites are refused');
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
