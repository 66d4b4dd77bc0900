import type { NamedProcess } from '../model/process';
import type { NotAgreed, NotToEnd, RestartRefusal } from '../model/restartRefusal';
import { reasonText } from './reasons';
import { noWayText, startFailureText } from './startFailures';

const NOTHING_ENDED = 'Nothing was ended.';
const NOTHING_DONE = 'Nothing was done.';

/** "process 4711 (node sf serve smithy)". */
export function processText({ pid, commandLine }: NamedProcess): string {
  return `process ${pid} (${commandLine})`;
}

/** Why a daemon was not restarted or stopped, as sentences; `undefined` for the codes of other unions. */
export function restartRefusalText(refusal: RestartRefusal): string | undefined {
  switch (refusal.is) {
    case 'endsServices':
    case 'passesOn':
    case 'otherUsers':
    case 'runsEditor':
    case 'inContainer':
    case 'sharedSocket':
    case 'twoHolders':
    case 'noDaemon':
      return `${notToEndText(refusal)} ${NOTHING_ENDED}`;
    case 'anotherNow':
    case 'noMoreTheDaemon':
      return `${notAgreedText(refusal)} ${NOTHING_ENDED}`;
    case 'elsewhere':
      return `${refusal.daemon} is not on this machine (${refusal.host}): start and stop ${refusal.daemon} there. ${NOTHING_DONE}`;
    case 'unprovenProcess':
      return `${refusal.daemon} runs, but no process of this machine is proven to be ${refusal.daemon}: end ${refusal.daemon} where it was started. ${NOTHING_ENDED}`;
    case 'listenerUnnamed':
      return `Something listens on port ${refusal.port}, but the system does not tell which process; the process may belong to another user or run in a container. ${NOTHING_ENDED}`;
    case 'toolFailed':
      return `${refusal.said} ${NOTHING_ENDED}`;
    case 'birthUntold':
      return `The system does not tell when process ${refusal.pid} began, so that the process cannot be told from another one that got its number. Process ${refusal.pid} was left alone.`;
    case 'busy':
      return `${refusal.daemon} is already being restarted or stopped.`;
    case 'busyElsewhere':
      return `${refusal.daemon} is being restarted or stopped in another window.`;
    case 'unwatched':
      return `${refusal.daemon} is not watched any more.`;
    case 'lockUnproven':
      return lockUnprovenText(refusal);
    case 'lockUnusable':
      return `Nothing was done: another window may be restarting or stopping ${refusal.daemon}, and the file that would tell cannot be used (${refusal.said}).`;
    case 'stays':
      return refusal.port === undefined
        ? `Process ${named(refusal.process)} could not be ended and still runs.`
        : `Process ${named(refusal.process)} could not be ended and holds port ${refusal.port}.`;
    case 'anotherCame':
      return refusal.port === undefined
        ? `Process ${refusal.pid} has ended, but ${refusal.daemon} is another process now: ${named(refusal.process)}.`
        : `Process ${refusal.pid} has ended, but port ${refusal.port} is held by another process now: ${named(refusal.process)}.`;
    case 'startUnknown':
    case 'startAsInstalled':
      return noWayText(refusal);
    case 'noFolder':
    case 'noProgram':
    case 'taskNotStarted':
    case 'commandEnded':
    case 'startSaid':
      return startFailureText(refusal);
    default:
      refusal satisfies never;
      return undefined;
  }
}

/** Why the process that holds a daemon's port, or is the daemon, is not ended. */
function notToEndText(refusal: NotToEnd): string {
  switch (refusal.is) {
    case 'sharedSocket': {
      const processes = refusal.named.map(processText).join(' and ');
      return (
        `Port ${refusal.port} is held by ${refusal.count} processes that share a socket, ${processes}. ` +
        `Which of them is ${refusal.daemon} is not known: end ${refusal.daemon} where it was started.`
      );
    }
    case 'twoHolders':
      return (
        `Port ${refusal.port} is held by two processes, ${processText(refusal.process)} and ${named(refusal.other)}. ` +
        'Say which process is meant by an address, 127.0.0.1 or [::1], in daemonHealth.daemons.'
      );
    case 'noDaemon':
      return `Port ${refusal.port} is held by ${processText(refusal.process)}, which does not answer as a daemon: ${reasonText(refusal.reason)}.`;
    default:
      return refusal.port === undefined
        ? processRefusal(refusal, `Process ${named(refusal.process)}`)
        : holderRefusal(refusal, `Port ${refusal.port} is held by`);
  }
}

type OneProcess = Exclude<NotToEnd, { is: 'sharedSocket' | 'twoHolders' | 'noDaemon' }>;

/** @param held "Port 3457 is held by" */
function holderRefusal(refusal: OneProcess, held: string): string {
  const who = processText(refusal.process);
  switch (refusal.is) {
    case 'endsServices':
      return `${held} ${refusal.program ?? 'a service manager'}, ${who}, which starts and ends services: start and stop ${refusal.daemon} by its own tools.`;
    case 'otherUsers':
      return `${held} ${who} of another user.`;
    case 'runsEditor':
      return `${held} ${who}, in which this editor runs or from which this editor was started.`;
    case 'inContainer':
      return `${held} ${who}, which runs in a container: restart the daemon there.`;
    case 'passesOn':
      return `${held} ${refusal.program ?? 'a program'}, ${who}, which only passes connections on: ${elsewhere(refusal.daemon)}`;
  }
}

/** @param who "Process 5 (x)" */
function processRefusal(refusal: OneProcess, who: string): string {
  switch (refusal.is) {
    case 'endsServices':
      return `${who} starts and ends services: start and stop ${refusal.daemon} by its own tools.`;
    case 'otherUsers':
      return `${who} belongs to another user.`;
    case 'runsEditor':
      return `${who} runs this editor, or this editor was started from that process.`;
    case 'inContainer':
      return `${who} runs in a container: restart the daemon there.`;
    case 'passesOn':
      return `${who} only passes connections on: ${elsewhere(refusal.daemon)}`;
  }
}

function elsewhere(daemon: string): string {
  return `${daemon} runs elsewhere, such as in a container or on another machine. Restart ${daemon} there.`;
}

/** Why the process that the user agreed to end is not ended. */
export function notAgreedText({ is, port, process }: NotAgreed): string {
  if (is === 'anotherNow') {
    return port === undefined
      ? `The daemon is another process now, ${named(process)}.`
      : `Port ${port} is held by another process now, ${named(process)}.`;
  }
  return port === undefined
    ? `Process ${named(process)} is not proven to be the daemon any more, but still runs.`
    : `Process ${named(process)} does not listen on port ${port} any more, but still runs.`;
}

function lockUnprovenText({
  daemon,
  pid,
  where,
  file,
}: Extract<RestartRefusal, { is: 'lockUnproven' }>): string {
  switch (where) {
    case 'noBirth':
      return (
        `Nothing was done: ${daemon} may be being restarted or stopped by process ${pid}, whose number an earlier version noted. ` +
        `Another process may have that number by now: if process ${pid} is no editor, delete ${file} and try again.`
      );
    case 'otherMachine':
      return (
        `Nothing was done: ${daemon} may be being restarted or stopped by process ${pid} on another machine. ` +
        `Whether that process still runs cannot be told from here: if process ${pid} has ended, delete ${file} and try again.`
      );
    case 'otherNamespace':
      return (
        `Nothing was done: ${daemon} may be being restarted or stopped by process ${pid} in another container or sandbox. ` +
        `Whether that process still runs cannot be told from here: if process ${pid} has ended, delete ${file} and try again.`
      );
  }
}

function named({ pid, commandLine }: NamedProcess): string {
  return `${pid} (${commandLine})`;
}
