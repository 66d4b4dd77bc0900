import { STATES } from '../health/states';
import { beganBefore, isInstance } from '../kinds/sameInstance';
import { addressOf, isHere } from '../kinds/target';
import type { DaemonModel } from '../model/daemonModel';
import type { ProcessInfo } from '../system/processInfo';
import { forwarderIn, isServiceManager } from '../system/programs';
import { MAX_NAMED } from './policy';

export { isForwarder } from '../system/programs';

/**
 * Why the process that holds a daemon's port, or is the daemon, must not be ended; `undefined` where it may be.
 *
 * @param owners who listens there: more than one where the address is a name and each of its addresses has its own; of a
 *   daemon without an address the process that the daemon itself named
 * @param editor the numbers of our own process and of those that it was started by
 */
export function whyNotToEnd(
  { daemon, track }: DaemonModel,
  owners: readonly ProcessInfo[],
  editor: readonly number[],
): string | undefined {
  const [owner, other] = owners;
  if (!owner) return undefined;
  const address = addressOf(daemon.target);
  if (!address) return whyNotToEndNamed(daemon.name, owner, editor);
  const isItself = isInstance({ daemon, track }, owner);
  const who = inWords(owner);
  const held = `Port ${address.port} is held by`;
  if (isServiceManager(owner)) {
    return (
      `${held} ${owner.name === '' ? 'a service manager' : owner.name}, ${who}, which starts and ends services: ` +
      `start and stop ${daemon.name} by its own tools.`
    );
  }
  if (owner.sharesSocket && !isItself) {
    const named = owners.slice(0, MAX_NAMED).map(inWords).join(' and ');
    return (
      `${held} ${owners.length} processes that share a socket, ${named}. ` +
      `Which of them is ${daemon.name} is not known: end it where it was started.`
    );
  }
  if (other && !isItself) {
    return (
      `${held} two processes, ${who} and ${other.pid} (${other.commandLine}). ` +
      'Say which one is meant by an address, 127.0.0.1 or [::1], in daemonHealth.daemons.'
    );
  }
  if (!owner.isOurs) return `${held} ${who} of another user.`;
  if (editor.includes(owner.pid)) {
    return `${held} ${who}, in which this editor runs or from which it was started.`;
  }
  if (owner.inContainer) return `${held} ${who}, which runs in a container: restart it there.`;
  const forwarder = forwarderIn(owner);
  if (forwarder !== undefined) {
    return (
      `${held} ${forwarder}, ${who}, which only passes connections on: ${daemon.name} runs elsewhere, ` +
      'such as in a container or on another machine. Restart it there.'
    );
  }
  const row = STATES[track.verdict.state];
  if (row.severity !== 'plain' && row.isMaybeOther && !isItself && !mayBeTheSame({ daemon, track }, owner)) {
    return `${held} ${who}, which does not answer as a daemon: ${track.verdict.reason}.`;
  }
  return undefined;
}

/** Why the process that a daemon without an address named must not be ended; `undefined` where it may be. */
function whyNotToEndNamed(name: string, owner: ProcessInfo, editor: readonly number[]): string | undefined {
  const who = `Process ${owner.pid} (${owner.commandLine})`;
  if (isServiceManager(owner)) {
    return `${who} starts and ends services: start and stop ${name} by its own tools.`;
  }
  if (!owner.isOurs) return `${who} belongs to another user.`;
  if (editor.includes(owner.pid)) {
    return `${who} runs this editor, or this editor was started from it.`;
  }
  if (owner.inContainer) return `${who} runs in a container: restart it there.`;
  if (forwarderIn(owner) !== undefined) {
    return (
      `${who} only passes connections on: ${name} runs elsewhere, such as in a container or on another machine. ` +
      'Restart it there.'
    );
  }
  return undefined;
}

/** Why a daemon can only be started and stopped somewhere else; `undefined` where that can be done here. */
export function whyNotHere({ daemon }: DaemonModel): string | undefined {
  if (isHere(daemon.target)) return undefined;
  const { hostname } = addressOf(daemon.target)!;
  return `${daemon.name} is not on this machine (${hostname}): start and stop it there.`;
}

function inWords({ pid, commandLine }: ProcessInfo): string {
  return `process ${pid} (${commandLine})`;
}

/** Something answers that is no daemon: it may be ours, broken, if it was there when the daemon last answered. */
function mayBeTheSame({ track }: DaemonModel, owner: ProcessInfo): boolean {
  const { last } = track;
  // What tells its number, and had another one, was another process.
  if (!last || last.report.instance?.pid !== undefined) return false;
  return beganBefore(owner, last.at.wallAt);
}
