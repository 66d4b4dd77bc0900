import type { Inspectable } from '../../diagnostics/inspectNode';
import { INSPECTOR_PORT } from '../../diagnostics/policy';

/** Looks into the event loop of a Node daemon first. */
export const FIND_OUT = 'Restart and Find Out Why (about 5 s)';

/**
 * What a look into the event loop opens, said before it is agreed to; `undefined` where there is nothing to say.
 *
 * @param always the look is taken in any case, by the setting
 */
export function inspectText(
  look: Inspectable,
  daemon: string,
  pid: number,
  always: boolean,
): string | undefined {
  if (look.is === 'notCaught') {
    const whose = always ? 'The event loop is not looked into' : 'Find Out Why is not offered';
    return `${whose}: process ${pid} does not catch the signal SIGUSR1, which would end the process.`;
  }
  if (look.is !== 'node') return undefined;
  const first = always ? 'The setting daemonHealth.evidence.inspectNode' : 'Find Out Why';
  const opens =
    `${first} sends the signal SIGUSR1 to process ${pid}, which opens the debugger of Node on port ${INSPECTOR_PORT} for about 5 s, to see what ${daemon} waits for. ` +
    `Meanwhile every user of this machine can reach that port and run code in ${daemon}. ` +
    `Where ${daemon} handles that signal by code of its own, that code runs.`;
  return look.catches
    ? opens
    : `${opens} Whether process ${pid} catches the signal is not known: a process that does not is ended.`;
}
