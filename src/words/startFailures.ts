import type { Unstartable } from '../base/errors';
import type { NoWay, StartDoubt, StartFailure } from '../model/startFailure';
import { duration } from '../base/time';
import { causeText } from './causes';
import { isIn, textsOf, type Texts } from './texts';

/** A warning before anything is ended. */
export function doubtText(why: StartDoubt): string {
  return `It may not start again: ${lowered(againstText(why))}`;
}

/** What speaks against a start command. */
export function againstText(why: StartDoubt): string {
  switch (why.is) {
    case 'noFolder':
      return `The start folder ${why.folder} does not exist.`;
    case 'noProgram':
      return `The start command "${why.name}" was not found.`;
    case 'otherProgram':
      return `The start command "${why.name}" is ${why.path}, which is not the program that runs now.`;
    case 'otherWorks':
      return `A ${why.kind} for ${why.folder} already answers at ${why.url}: two would dispatch the same tasks.`;
  }
}

function lowered(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
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
export const START_FAILURES: Texts<StartFailure> = {
  noFolder: (why) => couldNotStart(unstartableText(why)),
  noProgram: (why) => couldNotStart(unstartableText(why)),
  taskNotStarted: 'VS Code did not start the task. Look at the terminal for the reason.',
  notRespawned: ({ who, afterMs }) =>
    `Nothing was started: ${who} is there, and did not start the daemon again within ${duration(afterMs)}.`,
  startSaid: ({ said }) => said,
  commandEnded: ({ exit: { code }, daemon, cause }) => {
    const silent =
      cause === undefined ? `${daemon} does not answer` : `${daemon} does not answer (${causeText(cause)})`;
    return code === undefined
      ? `The start command was terminated and ${silent}.`
      : `The start command ended with exit code ${code} and ${silent}.`;
  },
};

/** Why a start failed, as a clause that goes on after "start failed:". */
export const startFailedReason = textsOf<StartFailure>({
  noFolder: unstartableText,
  noProgram: unstartableText,
  taskNotStarted: 'VS Code did not start the task',
  notRespawned: ({ who }) => `${who} did not start it again`,
  startSaid: ({ said }) => said.replace(COULD_NOT, '').replace(/\.$/, ''),
  commandEnded: ({ exit: { code } }) =>
    code === undefined ? 'the start command was terminated' : `exit code ${code}`,
});

export function isStartFailure(code: { readonly is: string }): code is StartFailure {
  return isIn(START_FAILURES, code);
}

/** Why nobody can know how a daemon is started, and what the user can do. */
export const NO_WAYS: Texts<NoWay> = {
  startUnknown: ({ daemon }) =>
    `How to start ${daemon} is not known. Set "restart" for ${daemon} in daemonHealth.daemons.`,
  unresolved: ({ daemon, variable }) =>
    `"${variable}" in "restart" of ${daemon} (daemonHealth.daemons) stands for nothing here, or for several folders. ` +
    'A folder of several is named as ${workspaceFolder:name}.',
  folderUnclear: ({ daemon, mark, count }) =>
    count === 0
      ? `Where to start ${daemon} is not known: none of the open folders has ${mark} in it. ` +
        `Set "restart.cwd" for ${daemon} in daemonHealth.daemons.`
      : `Where to start ${daemon} is not known: ${count} of the open folders have ${mark} in them. ` +
        `Set "restart.cwd" for ${daemon} in daemonHealth.daemons.`,
  startAsInstalled: ({ daemon, serviceCommand }) =>
    `How ${daemon} is started depends on how ${daemon} was installed. Set "restart" for ${daemon} in ` +
    `daemonHealth.daemons, for a service to { "command": "${serviceCommand}" }.`,
};
