import { cleanText } from '../base/text';

/** Where a daemon is watched. Not every daemon has an address. */
export type Target =
  /** It answers at an address: `http://host:port`, and the path below which its routes are, if there is one. */
  | { readonly kind: 'http'; readonly origin: string }
  /** It is of this machine and writes its state into files. The first path is the one to show. */
  | { readonly kind: 'file'; readonly paths: readonly string[] }
  /** It is of this machine, and a command prints its state: the program and its arguments, without a shell. */
  | { readonly kind: 'command'; readonly argv: readonly string[] }
  /** A Prometheus at an address measures many daemons, and a query there gives a series for each. */
  | { readonly kind: 'prometheus'; readonly origin: string; readonly query: string };

/** The whole text that tells where a daemon is watched, as one bounded line: the address, the first path, the command. */
export function wholePlaceOf(target: Target): string {
  switch (target.kind) {
    case 'http':
      return target.origin;
    case 'prometheus':
      return cleanText(`${target.origin} ${target.query}`);
    case 'file':
      return cleanText(target.paths[0] ?? '');
    case 'command':
      return cleanText(target.argv.join(' '));
  }
}
