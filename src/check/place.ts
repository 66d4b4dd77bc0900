import { inHome, typedPath } from '../kinds/read/paths';
import { addressIn, here, isHostAlone, isTypedAddress, typedUrl } from '../kinds/read/typedAddress';
import { addressOf } from '../kinds/target';

/** Where a health answer is looked at. */
export type Place =
  | { readonly is: 'address'; readonly origin: string; readonly query: string }
  | { readonly is: 'file'; readonly path: string };

/** Why a text names no place that can be looked at. */
export type NoPlace =
  | { readonly is: 'noText' | 'noAddress' | 'tls' | 'login' | 'noPort' | 'noFolder' }
  /** @property host of another machine, which was not allowed */
  | { readonly is: 'elsewhere'; readonly host: string };

/**
 * What somebody types for an address (`http://…`, a port, or a host with its port), all else as a path.
 * @param folder where a relative path begins; `undefined` where none is open
 */
export function readPlace(text: string, allowRemote: boolean, folder: string | undefined): Place | NoPlace {
  const typed = addressIn(text.trim());
  if (typed === '' || typed.includes('\0')) return { is: 'noText' };
  if (isTypedAddress(typed)) return readAddress(typedUrl(typed), allowRemote);
  if (isHostAlone(typed)) return { is: 'noPort' };
  const path = typedPath(typed, folder);
  return path === undefined ? { is: 'noFolder' } : { is: 'file', path: inHome(path) };
}

function readAddress(url: string, allowRemote: boolean): Place | NoPlace {
  if (/^https:/i.test(url)) return { is: 'tls' };
  if (!/^http:/i.test(url) || !URL.canParse(url)) return { is: 'noAddress' };
  const { username, password, origin, pathname, search } = here(new URL(url));
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

/** The whole address or path, as the source of the answer is shown. */
export function placeText(place: Place): string {
  return place.is === 'address' ? `${place.origin}${place.query}` : place.path;
}
