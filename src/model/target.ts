import { cleanText } from '../base/text';

/** A daemon that answers at an address: `http://host:port`, and the path below which its routes are, if there is one. */
interface HttpTarget {
  readonly kind: 'http';
  readonly origin: string;
}

/** A daemon of this machine that writes its state into files. The first path is the one to show. */
interface FileTarget {
  readonly kind: 'file';
  readonly paths: readonly string[];
}

/** A daemon of this machine whose state a command prints: the program and its arguments, without a shell. */
interface CommandTarget {
  readonly kind: 'command';
  readonly argv: readonly string[];
}

/** Where a daemon is watched. Not every daemon has an address. */
export type Target = HttpTarget | FileTarget | CommandTarget;

/** The whole text that tells where a daemon is watched, as one bounded line: the address, the first path, the command. */
export function wholePlaceOf(target: Target): string {
  switch (target.kind) {
    case 'http':
      return target.origin;
    case 'file':
      return cleanText(target.paths[0] ?? '');
    case 'command':
      return cleanText(target.argv.join(' '));
  }
}
