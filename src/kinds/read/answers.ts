import type { Answer } from '../../system/httpClient';
import { cleanText } from '../../base/text';

/** Why a target without an address is no daemon of a kind that answers requests. */
export const NO_ADDRESS = 'it has no address';

/** Why an answer cannot be a daemon's status, judged before its body is read. */
export function notAStatus({ status, contentType, location, body }: Answer): string | undefined {
  const isPage = /\bhtml\b/i.test(contentType);
  if (status === 401 || status === 403) {
    return `HTTP ${status}: it asks for a login; another service or a proxy listens there`;
  }
  if (status >= 300 && status < 400) {
    return `HTTP ${status}: it redirects to ${cleanText(location ?? 'nowhere', 100)}; a daemon does not`;
  }
  if (status === 404) return 'HTTP 404: there is no daemon status; another service listens there';
  if (status !== 200) return `HTTP ${status}${isPage ? ' (a web page)' : errorText(body)}`;
  if (isPage) return 'it answers with a web page; another service listens there';
  return body.trim() === '' ? 'its answer is empty' : undefined;
}

function errorText(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: unknown } | string };
    const message = typeof error === 'string' ? error : error?.message;
    return typeof message === 'string' ? `: ${cleanText(message, 120)}` : '';
  } catch {
    return '';
  }
}
