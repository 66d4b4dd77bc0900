import { cleanText } from '../../base/text';
import type { Report } from '../../health/report';
import { folderName, projectFolder } from '../../kinds/read/paths';
import { placeOf } from '../../kinds/target';
import type { Target } from '../../model/target';
import type { ListPlace } from '../../settings/settings';
import type { TypedProblem } from '../../settings/typedDaemon';
import { textsOf } from '../../words/texts';
import { plain, type PlainText } from '../shared/markdown';

const MAX_TYPED_CHARS = 60;
/** The list takes no longer one. */
export const MAX_NAME_CHARS = 60;
const SHORT_WAYS = '3457, 127.0.0.1:3457/health';
const WAYS = '3457, 127.0.0.1:3457 or http://127.0.0.1:3457';

export const ADD = {
  title: plain('Add Daemon'),
  type: plain(
    `Type an address (${SHORT_WAYS}), a file that the daemon writes, or a command that tells of it`,
  ),
  typeOrPick: plain(`Pick a daemon that was found, or type an address (${SHORT_WAYS}), a file, or a command`),
  found: plain('found on this machine'),
  tryIt: plain('ask who is there'),
  readFile: plain('Read this file'),
  runCommand: plain('Run this command, without a shell'),
  trying: (place: string) => plain(`Asking ${place}`),
  typeName: plain('How is the daemon to be called in the status bar and in the tree?'),
  named: plain('add it by this name'),
  noName: plain('A daemon needs a name.'),
  nameTaken: (name: string) => plain(`“${name}” is the name of another daemon.`),
  where: plain('For which workspaces?'),
  again: plain('Ask Again'),
  another: plain('Type Another'),
  all: plain('Add the Daemon All the Same'),
  allDetail: plain('it is watched from now on, and shown as offline until it answers'),
  proof: plain('No proof of progress yet: pick what only a step of its work changes'),
  noProof: plain('None: watch presence only'),
  noProofDetail: plain('the daemon stays unverified: nothing tells whether its work gets on'),
  redAfter: plain('For how long may that stay so before the daemon is red? Pick, or type: 20 min, 2 h'),
  redNow: plain('red at once, as it is now'),
  added: (name: string) => plain(`${name} is watched`),
  notWritten: (said: string) => `The settings could not be written: ${said}`,
} as const;

export const PLACES: Readonly<
  Record<ListPlace, { readonly label: PlainText; readonly description: PlainText }>
> = {
  user: { label: plain('All my workspaces'), description: plain('in the user settings of this machine') },
  workspace: {
    label: plain('This workspace only'),
    description: plain('in its own settings; the list of the user does not count here then'),
  },
};

/** Why what was typed cannot be added, in a sentence. */
export const typedProblemText = textsOf<TypedProblem>({
  noHttpUrl: ({ url }) =>
    /^https:/i.test(url)
      ? 'A daemon is asked over http, not https.'
      : `“${cleanText(url, MAX_TYPED_CHARS)}” is no address. Try ${WAYS}.`,
  openQuote: 'A quote does not end. Type the second one.',
  needsShell: ({ sign }) =>
    `A command runs without a shell, and “${sign}” has no meaning then. Write sh -c '…' around the line.`,
  noPathHere: ({ path }) =>
    `“${cleanText(path, MAX_TYPED_CHARS)}” is no path of this machine. Type an absolute one, or one that begins with ~/.`,
  noPort: 'The port is missing: 127.0.0.1:3457.',
  urlWithLogin: 'No daemon is sent a user name or a password. Leave them out.',
  urlWithQuery: 'A daemon is asked below a path alone. Leave out what begins with “#”.',
  notOnThisMachine: ({ host }) =>
    `${host} is not this machine. Set daemonHealth.allowRemote to watch daemons of other machines.`,
  watched: ({ name }) => `This daemon is watched already, as “${name}”.`,
});

/** What a daemon is called where nobody says so: its kind, and the folder that it works in. */
export function defaultName(
  { kind, instance, database }: Pick<Report, 'kind' | 'instance' | 'database'>,
  openFolder: string | undefined,
  taken: readonly string[],
): string {
  const folder = instance?.workspace ?? (database && projectFolder(database.path));
  const where = folder === undefined ? openFolder : folderName(folder);
  return untaken(where === undefined ? kind : `${kind} (${where})`, taken);
}

/** What a daemon of any make is called: after its address, its file or its command. */
export function nameOf(target: Target, taken: readonly string[]): string {
  switch (target.kind) {
    case 'http':
    case 'prometheus':
      return untaken(placeOf(target).replace('http://', ''), taken);
    case 'file':
      return untaken(cleanText(folderName(target.paths[0] ?? ''), MAX_NAME_CHARS), taken);
    case 'command':
      return untaken(cleanText(folderName(target.argv[0] ?? ''), MAX_NAME_CHARS), taken);
  }
}

function untaken(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  let count = 2;
  while (taken.includes(`${name} ${count}`)) count++;
  return `${name} ${count}`;
}
