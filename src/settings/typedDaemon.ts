import { inHome, typedPath } from '../kinds/read/paths';
import { addressIn, isHostAlone, isTypedAddress } from '../kinds/read/typedAddress';
import { placeOf } from '../kinds/target';
import type { DaemonConfig } from '../model/daemonConfig';
import { ANY_KIND, isWatchedAt, readAddress, type AddressProblem, type AddressRules } from './address';
import { readDaemons, type ListedDaemon } from './daemonList';
import { COMMAND_INTERVAL_MS } from './policy';
import { splitCommand, type CommandProblem, type Word } from './splitCommand';

/** Why what was typed is nothing that can be added. */
export type TypedProblem =
  | AddressProblem
  | CommandProblem
  /** A path of another machine or of a device, or one that leads out of the home folder. */
  | { readonly is: 'noPathHere'; readonly path: string };

export interface TypedRules extends AddressRules {
  /** The workspace folder that a path may begin in. */
  readonly folder?: string;
}

const IS_PATH = /^~?[\\/]|^[a-z]:[\\/]|^\.{1,2}[\\/]|[\\/]/i;

/**
 * The daemons that somebody may mean by what was typed, the likeliest first: an address, a path, or a command line,
 * which becomes words without a shell. By the rules of the list that the entry goes into. Reads no file.
 */
export function readTyped(typed: string, rules: TypedRules): readonly DaemonConfig[] | TypedProblem {
  const text = addressIn(typed.trim());
  const [firstWord = ''] = text.split(/\s/);
  if (isTypedAddress(firstWord) || isHostAlone(text)) {
    const daemon = readAddress(text, rules);
    return 'is' in daemon ? daemon : [daemon];
  }
  const words = splitCommand(text);
  if ('is' in words) return words;
  const [program] = words;
  if (!program) return { is: 'noHttpUrl', url: text };
  const isOne = words.length === 1;
  const isPath = IS_PATH.test(isOne ? program.text : text);
  const path = isPath || isOne ? fileOf(isOne && !program.isBare ? program.text : text, rules) : undefined;
  if (isOne && isPath && !path) return { is: 'noPathHere', path: text };
  const command = commandOf(words, rules);
  const isFile = isOne && (isPath || program.text.includes('.'));
  const readings = (isFile ? [path, command] : [command, path]).filter((each) => each !== undefined);
  if (readings.length === 0) return { is: 'noHttpUrl', url: text };
  const known = rules.watched.find((other) => isSame(other, readings[0]!));
  return known ? { is: 'watched', name: known.name } : readings;
}

/** The daemon as one of any make, which tells what in its answer could prove something. */
export function exploring(daemon: DaemonConfig): DaemonConfig {
  return { ...daemon, kind: ANY_KIND, asks: { ...daemon.asks, explores: true } };
}

/** The daemon as it is written into the user's list. */
export function entryOf(
  { target, asks, kind }: Pick<DaemonConfig, 'target' | 'asks' | 'kind'>,
  more: Pick<ListedDaemon, 'name' | 'progress'>,
): ListedDaemon {
  const { name, progress } = more;
  switch (target.kind) {
    // Nobody types a query.
    case 'prometheus':
      return { name, url: target.origin };
    case 'http': {
      const url = `${target.origin}${asks?.query ?? ''}`;
      return { name, url, ...(kind !== undefined && { kind }), ...(progress && { progress }) };
    }
    case 'file':
      return { name, files: target.paths, kind: ANY_KIND, ...(progress && { progress }) };
    case 'command': {
      const pollIntervalMs = COMMAND_INTERVAL_MS;
      return {
        name,
        command: target.argv,
        kind: ANY_KIND,
        pollIntervalMs,
        ...(progress && { progress }),
      };
    }
  }
}

function fileOf(typed: string, { folder, allowRemote }: TypedRules): DaemonConfig | undefined {
  const path = typedPath(typed, folder);
  return path === undefined ? undefined : daemonOf({ files: [path] }, allowRemote);
}

/** It is run in the home folder: the program of a relative path is that of the workspace. */
function commandOf([program, ...args]: readonly Word[], rules: TypedRules): DaemonConfig | undefined {
  const named = wordOf(program!);
  const isRelative = /[\\/]/.test(named) && !/^([\\/]|[a-z]:[\\/])/i.test(named);
  const whole = isRelative ? typedPath(named, rules.folder) : named;
  return whole === undefined
    ? undefined
    : daemonOf({ command: [whole, ...args.map(wordOf)] }, rules.allowRemote);
}

function wordOf({ text, isBare }: Word): string {
  return isBare ? inHome(text) : text;
}

function daemonOf(entry: object, allowRemote: boolean): DaemonConfig | undefined {
  return readDaemons([entry], { configured: true, allowRemote }).daemons[0];
}

/** A path may be written in two ways. */
function isSame(one: DaemonConfig, other: DaemonConfig): boolean {
  if (isWatchedAt(one, other)) return true;
  const [a, b] = [one.target, other.target];
  if (a.kind === 'command' && b.kind === 'command') {
    return (
      JSON.stringify(a.argv.map((word) => inHome(word))) ===
      JSON.stringify(b.argv.map((word) => inHome(word)))
    );
  }
  const isOneFile = a.kind === 'file' && b.kind === 'file' && a.paths.length === 1 && b.paths.length === 1;
  return isOneFile && placeOf(a) === placeOf(b);
}
