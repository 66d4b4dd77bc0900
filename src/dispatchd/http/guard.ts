import type { IncomingMessage } from 'node:http';
import { cleanText } from '../../base/text';
import { isSameSecret } from '../../system/challenge';
import { TOKEN_FILE } from '../../protocol/dispatchd';
import { MAX_SHOWN_ORIGIN_CHARACTERS } from '../policy';
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
const ONCE = ['Host', 'Origin', 'Authorization', 'Sec-Fetch-Site'];

const BEARER = /^bearer +(.+)$/i;

/** By whom a browser says that it asks: by a page of ours, or by the user. */
const OWN_SITES = ['same-origin', 'none'];

/**
 * Refuses what a web page could send: a foreign `Origin` or site, or a name that was rebound to 127.0.0.1 and therefore
 * shows in `Host`; and what two readers may read in two ways.
 */
export function checkRequest(request: IncomingMessage, port: number): ApiError | undefined {
  const { headers, rawHeaders, url } = request;
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const isTwice = (name: string) => names.indexOf(name) !== names.lastIndexOf(name);
  const twice = ONCE.find((name) => isTwice(name.toLowerCase()));
  if (twice !== undefined) {
    return new ApiError(400, 'BAD_REQUEST', `the request has two ${twice} headers; send one`);
  }
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
    const from = cleanText(origin, MAX_SHOWN_ORIGIN_CHARACTERS);
    const only = `only pages of http://127.0.0.1:${port} may send them`;
    return new ApiError(403, 'FORBIDDEN_ORIGIN', `requests from "${from}" are refused: ${only}`);
  }
  if (site !== undefined && !OWN_SITES.some((name) => name === site)) {
    return new ApiError(403, 'FORBIDDEN_SITE', 'requests from other sites are refused');
  }
  return undefined;
}

/** Whether this is `Authorization: Bearer TOKEN`, in constant time; any bytes are allowed in it. */
export function hasToken(authorization: string | undefined, token: string): boolean {
  return isSameSecret(BEARER.exec(authorization ?? '')?.[1] ?? '', token);
}

/** Refuses who does not have the token, and says which of three things is wrong. */
export function checkToken(authorization: string | undefined, token: string): ApiError | undefined {
  if (hasToken(authorization, token)) return undefined;
  return new ApiError(401, 'UNAUTHORIZED', whyUnauthorized(authorization));
}

function whyUnauthorized(authorization: string | undefined): string {
  const form = '"Authorization: Bearer <token>"';
  const place = `the file "${TOKEN_FILE}" in the state directory`;
  if (authorization === undefined) return `this request needs ${form}; the token is in ${place}`;
  if (!BEARER.test(authorization)) return `the header must be ${form}; the token is in ${place}`;
  return `the token is wrong: dispatchd makes a new one after a crash. Read it again from ${place}`;
}
