import { codeFrom, type MessageCode } from '../base/errors';
import type { Cause } from '../health/cause';
import type { Refusal } from '../model/refusal';
import type { RestartRefusal } from '../model/restartRefusal';
import { causeText } from './causes';
import { restartRefusalText } from './restartRefusals';

/** An error that is fit to show, as a sentence; any other as its message. */
export function sentenceOf(error: unknown): string {
  return codeText(codeFrom(error));
}

/** The code of an error as a sentence. Whoever throws a coded error takes the code from one of these unions. */
export function codeText(code: { readonly is: string } | MessageCode): string {
  if ('message' in code) return code.message;
  return (
    refusalText(code as Refusal) ?? restartRefusalText(code as RestartRefusal) ?? causeText(code as Cause)
  );
}

const NOTHING_SENT = 'Nothing was sent.';

function refusalText(refusal: Refusal): string | undefined {
  switch (refusal.is) {
    case 'notOnThisMachine':
      return `The dispatchd at ${refusal.origin} is not on this machine. ${NOTHING_SENT}`;
    case 'nobodyListens':
      return `Nothing listens at ${refusal.origin}. ${NOTHING_SENT}`;
    case 'listenerUntold':
      return `The system does not tell which process answers at ${refusal.origin}; the process may be another user's. ${NOTHING_SENT}`;
    case 'notThatDispatchd':
      return `The process that answers at ${refusal.origin} names the state folder of another dispatchd. ${NOTHING_SENT}`;
    case 'foreignStateDir':
      return `${refusal.stateDir} is not the state folder of the dispatchd at ${refusal.origin}. ${NOTHING_SENT}`;
    case 'anotherProgram':
      return refusal.user === undefined
        ? `Another program answers at ${refusal.origin} (process ${refusal.pid}). ${NOTHING_SENT}`
        : `Another program answers at ${refusal.origin} (process ${refusal.pid} of ${refusal.user}). ${NOTHING_SENT}`;
    case 'foreignFile':
      return `${refusal.path} belongs to ${refusal.user}. ${NOTHING_SENT}`;
    case 'openFile':
      return `Other users may change ${refusal.path}. ${NOTHING_SENT}`;
    case 'noToken':
      return `The token of dispatchd cannot be read in ${refusal.stateDir}. ${NOTHING_SENT}`;
    case 'commandUntold':
      return 'The daemon does not tell the command of this session.';
    case 'refused':
      return `${refusal.daemon} refuses: ${refusal.said ?? `HTTP ${refusal.status}`}.`;
    case 'noStatusToCopy':
      return 'This daemon has no status that can be copied.';
    case 'notWatched':
      return 'This daemon is not watched any more.';
    case 'hasNoAddress':
      return `${refusal.daemon} has no address. daemonHealth.daemons takes only daemons with an address.`;
    default:
      return undefined;
  }
}
