import type { NamedProcess } from '../model/process';
import type { NotAgreed, RestartRefusal } from '../model/restartRefusal';
import { reasonText } from './reasons';
import { NO_WAYS, START_FAILURES } from './startFailures';
import type { Texts } from './texts';

const NOTHING_ENDED = 'Nothing was ended.';
const NOTHING_DONE = 'Nothing was done.';

/** "process 4711 (node sf serve smithy)". */
export function processText(process: NamedProcess): string {
  return `process ${named(process)}`;
}

function named({ pid, commandLine }: NamedProcess): string {
  return `${pid} (${commandLine})`;
}

/** Why a daemon was not restarted or stopped, as sentences. */
export const RESTART_REFUSALS: Texts<RestartRefusal> = {
  ...NO_WAYS,
  ...START_FAILURES,
  endsServices: ({ daemon, port, program, process }) => {
    const remedy = `start and stop ${daemon} by its own tools. ${NOTHING_ENDED}`;
    return port === undefined
      ? `Process ${named(process)} starts and ends services: ${remedy}`
      : `Port ${port} is held by ${program ?? 'a service manager'}, ${processText(process)}, which starts and ends services: ${remedy}`;
  },
  passesOn: ({ daemon, port, program, process }) => {
    const remedy =
      `${daemon} runs elsewhere, such as in a container or on another machine. ` +
      `Restart ${daemon} there. ${NOTHING_ENDED}`;
    return port === undefined
      ? `Process ${named(process)} only passes connections on: ${remedy}`
      : `Port ${port} is held by ${program ?? 'a program'}, ${processText(process)}, which only passes connections on: ${remedy}`;
  },
  otherUsers: ({ port, process }) =>
    port === undefined
      ? `Process ${named(process)} belongs to another user. ${NOTHING_ENDED}`
      : `Port ${port} is held by ${processText(process)} of another user. ${NOTHING_ENDED}`,
  runsEditor: ({ port, process }) =>
    port === undefined
      ? `Process ${named(process)} runs this editor, or this editor was started from that process. ${NOTHING_ENDED}`
      : `Port ${port} is held by ${processText(process)}, in which this editor runs or from which this editor was started. ${NOTHING_ENDED}`,
  inContainer: ({ port, process }) =>
    port === undefined
      ? `Process ${named(process)} runs in a container: restart the daemon there. ${NOTHING_ENDED}`
      : `Port ${port} is held by ${processText(process)}, which runs in a container: restart the daemon there. ${NOTHING_ENDED}`,
  sharedSocket: ({ daemon, port, named, count }) =>
    `Port ${port} is held by ${count} processes that share a socket, ${named.map(processText).join(' and ')}. ` +
    `Which of them is ${daemon} is not known: end ${daemon} where it was started. ${NOTHING_ENDED}`,
  twoHolders: ({ port, process, other }) =>
    `Port ${port} is held by two processes, ${processText(process)} and ${named(other)}. ` +
    `Say which process is meant by an address, 127.0.0.1 or [::1], in daemonHealth.daemons. ${NOTHING_ENDED}`,
  noDaemon: ({ port, process, reason }) =>
    `Port ${port} is held by ${processText(process)}, which does not answer as a daemon: ${reasonText(reason)}. ${NOTHING_ENDED}`,
  anotherNow: (refusal) => `${notAgreedText(refusal)} ${NOTHING_ENDED}`,
  noMoreTheDaemon: (refusal) => `${notAgreedText(refusal)} ${NOTHING_ENDED}`,
  elsewhere: ({ daemon, host }) =>
    `${daemon} is not on this machine (${host}): start and stop ${daemon} there. ${NOTHING_DONE}`,
  isFleet: ({ daemon }) =>
    `${daemon} is many daemons that a Prometheus measures: start and stop each where it runs. ${NOTHING_DONE}`,
  unprovenProcess: ({ daemon }) =>
    `${daemon} runs, but no process of this machine is proven to be ${daemon}: end ${daemon} where it was started. ${NOTHING_ENDED}`,
  listenerUnnamed: ({ port }) =>
    `Something listens on port ${port}, but the system does not tell which process; the process may belong to another user or run in a container. ${NOTHING_ENDED}`,
  toolFailed: ({ said }) => `${said} ${NOTHING_ENDED}`,
  birthUntold: ({ pid }) =>
    `The system does not tell when process ${pid} began, so that the process cannot be told from another one that got its number. Process ${pid} was left alone.`,
  busy: ({ daemon }) => `${daemon} is already being restarted or stopped.`,
  busyElsewhere: ({ daemon }) => `${daemon} is being restarted or stopped in another window.`,
  unwatched: ({ daemon }) => `${daemon} is not watched any more.`,
  lockUnproven: ({ daemon, pid, where, file }) => {
    const held = `Nothing was done: ${daemon} may be being restarted or stopped by process ${pid}`;
    if (where === 'noBirth') {
      return (
        `${held}, whose number an earlier version noted. ` +
        `Another process may have that number by now: if process ${pid} is no editor, delete ${file} and try again.`
      );
    }
    const place = where === 'otherMachine' ? 'on another machine' : 'in another container or sandbox';
    return (
      `${held} ${place}. Whether that process still runs cannot be told from here: ` +
      `if process ${pid} has ended, delete ${file} and try again.`
    );
  },
  lockUnusable: ({ daemon, said }) =>
    `Nothing was done: another window may be restarting or stopping ${daemon}, and the file that would tell cannot be used (${said}).`,
  stays: ({ port, process }) =>
    port === undefined
      ? `Process ${named(process)} could not be ended and still runs.`
      : `Process ${named(process)} could not be ended and holds port ${port}.`,
  anotherCame: ({ daemon, pid, port, process }) =>
    port === undefined
      ? `Process ${pid} has ended, but ${daemon} is another process now: ${named(process)}.`
      : `Process ${pid} has ended, but port ${port} is held by another process now: ${named(process)}.`,
};

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
