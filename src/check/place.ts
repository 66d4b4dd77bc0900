import { resolve } from 'node:path';
import { here, inHome } from '../kinds/read/paths';
import { addressOf } from '../kinds/target';

/** Where a health answer is looked at. */
export type Place =
  | { readonly is: 'address'; readonly origin: string; readonly query: string }
  | { readonly is: 'file'; readonly path: string };

/** Why a text names no place that can be looked at. */
export type NoPlace =
  | { readonly is: 'noText' | 'noAddress' | 'tls' | 'login' }
  /** @property host of another machine, which was not allowed */
  | { readonly is: 'elsewhere'; readonly host: string };

/** `127.0.0.1:8080/health`, `localhost:8080`, `8080`. Who has a file of that name writes `./` before it. */
const HOST_AND_PORT = /^([\w-]+(\.[\w-]+)*|\[[\da-f:]+\]):\d{1,5}([/?]|$)/i;

/** An address by `http://` or its port, all else as a path. @param cwd where a relative path begins */
export function readPlace(text: string, allowRemote: boolean, cwd: string): Place | NoPlace {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.includes('\0')) return { is: 'noText' };
  const bare = trimmed.replace(/^:?(?=\d{1,5}$)/, '127.0.0.1:');
  const typed = HOST_AND_PORT.test(bare) ? `http://${bare}` : trimmed;
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(typed)) return { is: 'file', path: resolve(cwd, inHome(typed)) };
  if (/^https:/i.test(typed)) return { is: 'tls' };
  if (!/^http:/i.test(typed) || !URL.canParse(typed)) return { is: 'noAddress' };
  const { username, password, origin, pathname, search } = here(new URL(typed));
  if (username !== '' || password !== '') return { is: 'login' };
  const address = addressOf({ kind: 'http', origin: `${origin}${pathname === '/' ? '' : pathname}` });
  if (!address) return { is: 'noAddress' };
  if (!address.isLoopback && !allowRemote) return { is: 'elsewhere', host: address.hostname };
  return { is: 'address', origin: address.origin, query: search };
}

/** Whether a text named a place. */
export function isPlace(place: Place | NoPlace): place is Place {
  return place.is === 'address' || place.is === 'file';
}
