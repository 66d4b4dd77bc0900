import type { NoWay, StartFailure, Unstartable } from '../model/startFailure';
import { causeText } from './causes';

/** A warning before anything is ended. */
export function doubtText(why: Unstartable): string {
  return why.is === 'noFolder'
    ? `It may not start again: the start folder ${why.folder} does not exist.`
    : `It may not start again: the start command "${why.name}" was not found.`;
}

const COULD_NOT = 'The daemon could not be started: ';

/** @param reason a clause without a full stop */
export function couldNotStart(reason: string): string {
  return `${COULD_NOT}${reason}.`;
}

/** Why a command cannot be started, as a clause. */
export function unstartableText(why: Unstartable): string {
  if (why.is === 'noFolder') return `the start folder ${why.folder} does not exist`;
  return why.onPath
    ? `the command "${why.name}" was not found on PATH`
    : `the command "${why.name}" was not found`;
}

/** Why a start failed, as sentences. */
export function startFailureText(failure: StartFailure): string {
  switch (failure.is) {
    case 'noFolder':
    case 'noProgram':
      return couldNotStart(unstartableText(failure));
    case 'taskNotStarted':
      return 'VS Code did not start the task. Look at the terminal for the reason.';
    case 'startSaid':
      return failure.said;
    case 'commandEnded': {
      const { exit, daemon, cause } = failure;
      const silent =
        cause === undefined ? `${daemon} does not answer` : `${daemon} does not answer (${causeText(cause)})`;
      return exit.code === undefined
        ? `The start command was terminated and ${silent}.`
        : `The start command ended with exit code ${exit.code} and ${silent}.`;
    }
  }
}

/** The same as a clause that goes on after "start failed:". */
export function startFailedReason(failure: StartFailure): string {
  switch (failure.is) {
    case 'noFolder':
    case 'noProgram':
      return unstartableText(failure);
    case 'taskNotStarted':
      return 'VS Code did not start the task';
    case 'startSaid':
      return failure.said.replace(COULD_NOT, '').replace(/\.$/, '');
    case 'commandEnded':
      return failure.exit.code === undefined
        ? 'the start command was terminated'
        : `exit code ${failure.exit.code}`;
  }
}

/** Why nobody can know how a daemon is started, and what the user can do. */
export function noWayText(why: NoWay): string {
  return why.is === 'startUnknown'
    ? `How to start ${why.daemon} is not known. Set "restart" for ${why.daemon} in daemonHealth.daemons.`
    : `How ${why.daemon} is started depends on how ${why.daemon} was installed. Set "restart" for ${why.daemon} in ` +
        `daemonHealth.daemons, for a service to { "command": "${why.serviceCommand}" }.`;
}
