import { cleanText, joined } from '../../base/text';
import type { Failure, Report } from '../../health/report';
import type { Track } from '../../health/trackState';
import { folderName, projectFolder } from '../../kinds/read/paths';
import type { AddressProblem } from '../../settings/address';
import type { ListPlace } from '../../settings/settings';
import { causeText } from '../../words/causes';
import { reasonText } from '../../words/reasons';
import { capitalise, STATE_LABELS } from '../../words/states';
import { textsOf } from '../../words/texts';
import { plain, type PlainText } from '../shared/markdown';

const MAX_TYPED_CHARS = 60;
const WAYS = '3457, 127.0.0.1:3457 or http://127.0.0.1:3457';

export const ADD = {
  title: plain('Add Daemon'),
  typeAddress: plain(`Type the address of the daemon: ${WAYS}`),
  typeOrPick: plain(`Pick a daemon that was found, or type an address: ${WAYS}`),
  found: plain('found on this machine'),
  tryIt: plain('ask who is there'),
  trying: (place: string) => plain(`Asking ${place}`),
  typeName: plain('How is the daemon to be called in the status bar and in the tree?'),
  named: plain('add it by this name'),
  noName: plain('A daemon needs a name.'),
  nameTaken: (name: string) => plain(`“${name}” is the name of another daemon.`),
  where: plain('For which workspaces?'),
  again: plain('Ask Again'),
  another: plain('Type Another Address'),
  all: plain('Add the Daemon All the Same'),
  allDetail: plain('it is watched from now on, and shown as offline until it answers'),
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
export const addressProblemText = textsOf<AddressProblem>({
  noHttpUrl: ({ url }) =>
    /^https:/i.test(url)
      ? 'A daemon is asked over http, not https.'
      : `“${cleanText(url, MAX_TYPED_CHARS)}” is no address. Try ${WAYS}.`,
  noPort: 'The port is missing: 127.0.0.1:3457.',
  urlWithLogin: 'No daemon is sent a user name or a password. Leave them out.',
  urlWithQuery: 'A daemon is asked below a path alone. Leave out what begins with “?” or “#”.',
  notOnThisMachine: ({ host }) =>
    `${host} is not this machine. Set daemonHealth.allowRemote to watch daemons of other machines.`,
  watched: ({ name }) => `The daemon at this address is watched already, as “${name}”.`,
});

/** What an ask found: who is there, and how that one is; or what is wrong, and what to do. */
export interface Found {
  readonly text: PlainText;
  /** Where no daemon answered. */
  readonly advice?: PlainText;
}

/** @param place where was asked */
export function foundText(place: string, { sample, verdict }: Track): Found {
  if (!sample) return { text: plain(`${place} was not asked.`), advice: plain('Try it again.') };
  if (!sample.ok) return wrongText(place, sample.failure);
  const { report } = sample;
  const who = joined([report.kind, report.instance?.version], ' ');
  const { label } = STATE_LABELS[verdict.state];
  return { text: plain(`${who} at ${place}: ${label} (${reasonText(verdict.reason)})`) };
}

function wrongText(place: string, { kind, cause }: Failure): Found {
  const why = capitalise(causeText(cause));
  switch (kind) {
    case 'refused':
      return {
        text: plain(`Nothing listens at ${place}. ${why}.`),
        advice: plain('Start the daemon and ask again, or check the port.'),
      };
    case 'wrongAnswer':
      return {
        text: plain(`No daemon is at ${place}, but something else. ${why}.`),
        advice: plain('Check the port: another program has it.'),
      };
    case 'timeout':
    case 'statusHung':
      return {
        text: plain(`${place} does not answer in time. ${why}.`),
        advice: plain('The daemon may hang: restart it, and ask again.'),
      };
    default:
      return {
        text: plain(`${place} gives no status. ${why}.`),
        advice: plain('Look into the log of the daemon, and ask again.'),
      };
  }
}

/** What a daemon is called where nobody says so: its kind, and the folder that it works in. */
export function defaultName(
  { kind, instance, database }: Pick<Report, 'kind' | 'instance' | 'database'>,
  openFolder: string | undefined,
  taken: readonly string[],
): string {
  const folder = instance?.workspace ?? (database && projectFolder(database.path));
  const where = folder === undefined ? openFolder : folderName(folder);
  const name = where === undefined ? kind : `${kind} (${where})`;
  if (!taken.includes(name)) return name;
  let count = 2;
  while (taken.includes(`${name} ${count}`)) count++;
  return `${name} ${count}`;
}
