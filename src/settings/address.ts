import type { DaemonConfig } from '../model/daemonConfig';
import type { EntryProblem } from '../model/listProblem';
import { KINDS } from '../kinds/index';
import { hasScheme, isHostAlone, typedUrl } from '../kinds/read/typedAddress';
import { isSameAddress, readDaemons } from './daemonList';

/** Why what was typed is no address that can be added. */
export type AddressProblem =
  | Extract<EntryProblem, { readonly is: 'noHttpUrl' | 'notOnThisMachine' }>
  | { readonly is: 'urlWithLogin' | 'urlWithQuery' }
  | { readonly is: 'noPort' }
  /** @property name of the daemon that is watched there */
  | { readonly is: 'watched'; readonly name: string };

export interface AddressRules {
  /** The user allows daemons of other machines. */
  readonly allowRemote: boolean;
  readonly watched: readonly DaemonConfig[];
}

/** The kind whose entries say how a daemon is asked. */
export const ANY_KIND = KINDS.find(({ isOfAnyMake }) => isOfAnyMake)!.id;
const HAS_PORT = /:\d+([/?]|$)/;
/** What is typed in one word is another host only where that can be seen: a dot, or brackets. */
const NAMED_HOST = /^([\w-]+(\.[\w-]+)+|\[[\da-f:]+\])$/i;

/**
 * Reads what somebody types for an address: `3457`, `127.0.0.1:3457` or `http://127.0.0.1:3457`. By the rules of the
 * list that the address goes into.
 */
export function readAddress(
  typed: string,
  { allowRemote, watched }: AddressRules,
): DaemonConfig | AddressProblem {
  const text = typed.trim();
  const url = typedUrl(text);
  if (!hasScheme(text) && !HAS_PORT.test(url)) {
    return isHostAlone(text) || NAMED_HOST.test(text) ? { is: 'noPort' } : { is: 'noHttpUrl', url: text };
  }
  const rules = { configured: true, allowRemote };
  // Only of a daemon of any make the whole address is asked, with its query.
  const isQuery = /\?[^#]+$/.test(url);
  const { daemons, problems } = readDaemons([{ url, ...(isQuery && { kind: ANY_KIND }) }], rules);
  const [daemon] = daemons;
  if (daemon) {
    const known = watched.find((other) => isWatchedAt(other, daemon));
    return known ? { is: 'watched', name: known.name } : daemon;
  }
  const [problem] = problems;
  if (problem?.is !== 'entry') return { is: 'noHttpUrl', url: text };
  switch (problem.problem.is) {
    case 'urlWithLogin':
    case 'urlWithQuery':
      return { is: problem.problem.is };
    case 'notOnThisMachine':
      return problem.problem;
    default:
      return { is: 'noHttpUrl', url: text };
  }
}

/** Whether a daemon is watched at the whole address of another one. Of a preset the path is a part of what is asked. */
export function isWatchedAt(known: DaemonConfig, daemon: DaemonConfig): boolean {
  return isSameAddress(known, daemon) || isSameAddress(atWhole(known), atWhole(daemon));
}

function atWhole({ target, asks }: DaemonConfig): Pick<DaemonConfig, 'target'> {
  if (target.kind !== 'http') return { target };
  const { origin, pathname } = new URL(`${target.origin}${asks?.query ?? ''}`);
  return { target: { kind: 'http', origin: `${origin}${pathname.replace(/\/+$/, '')}` } };
}
