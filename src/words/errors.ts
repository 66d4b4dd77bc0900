import { codeFrom, type MessageCode } from '../base/errors';
import type { Cause } from '../health/cause';
import type { Refusal } from '../model/refusal';
import type { RestartRefusal } from '../model/restartRefusal';
import { CAUSES } from './causes';
import { RESTART_REFUSALS } from './restartRefusals';
import { isIn, textIn, type Texts } from './texts';

const NOTHING_SENT = 'Nothing was sent.';

const REFUSALS: Texts<Refusal> = {
  notOnThisMachine: ({ origin }) => `The dispatchd at ${origin} is not on this machine. ${NOTHING_SENT}`,
  nobodyListens: ({ origin }) => `Nothing listens at ${origin}. ${NOTHING_SENT}`,
  listenerUntold: ({ origin }) =>
    `The system does not tell which process answers at ${origin}; the process may be another user's. ${NOTHING_SENT}`,
  notThatDispatchd: ({ origin }) =>
    `The process that answers at ${origin} names the state folder of another dispatchd. ${NOTHING_SENT}`,
  notProven: ({ origin }) =>
    `The program that answers at ${origin} is not proven to be your dispatchd. ${NOTHING_SENT}`,
  foreignStateDir: ({ origin, stateDir }) =>
    `${stateDir} is not the state folder of the dispatchd at ${origin}. ${NOTHING_SENT}`,
  anotherProgram: ({ origin, pid, user }) =>
    user === undefined
      ? `Another program answers at ${origin} (process ${pid}). ${NOTHING_SENT}`
      : `Another program answers at ${origin} (process ${pid} of ${user}). ${NOTHING_SENT}`,
  foreignFile: ({ path, user }) => `${path} belongs to ${user}. ${NOTHING_SENT}`,
  openFile: ({ path }) => `Other users may change ${path}. ${NOTHING_SENT}`,
  noToken: ({ stateDir }) => `The token of dispatchd cannot be read in ${stateDir}. ${NOTHING_SENT}`,
  commandUntold: 'The daemon does not tell the command of this session.',
  refused: ({ daemon, status, said }) => `${daemon} refuses: ${said ?? `HTTP ${status}`}.`,
  noStatusToCopy: 'This daemon has no status that can be copied.',
  notWatched: 'This daemon is not watched any more.',
  hasNoAddress: ({ daemon }) =>
    `${daemon} has no address. daemonHealth.daemons takes only daemons with an address.`,
  noDaemonList: 'daemonHealth.daemons is no list. Write a list, [], and add the daemon again.',
  fullDaemonList: ({ most }) =>
    `daemonHealth.daemons has ${most} entries, and no more are watched. Remove one, and add the daemon again.`,
  noDemo: ({ said }) => `The demo could not be started${said === '' ? '' : `: ${said}`}.`,
};

/** Whoever throws a coded error takes the code from one of these unions. */
const ALL: Texts<Refusal | RestartRefusal | Cause> = { ...CAUSES, ...RESTART_REFUSALS, ...REFUSALS };

/** An error that is fit to show, as a sentence; any other as its message. */
export function sentenceOf(error: unknown): string {
  return codeText(codeFrom(error));
}

/** The code of an error as a sentence. */
export function codeText(code: { readonly is: string } | MessageCode): string {
  if ('message' in code) return code.message;
  // By its name rather than not at all, should somebody throw a code of none of these unions.
  return isIn(ALL, code) ? textIn(ALL, code) : code.is;
}
