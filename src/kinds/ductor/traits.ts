import type { Progress } from '../../health/report';
import type { Traits } from '../../health/traits';

/**
 * No answer and no file of ductor tells of a poll loop: ductor is a bot that waits for messages. One asyncio loop serves
 * the bot, the observers and both servers, so that who answers is that loop.
 */
export const DUCTOR_PROGRESS: Progress = { kind: 'untold', by: 'kind', answersItself: true };

/** What an answer of ductor can tell, with the files that it keeps on its machine. The reasons are what ductor does. */
export const DUCTOR_TRAITS: Traits = {
  // Its pid file names the process. Where that file cannot be read, nobody looks for the process instead.
  namesItsInstances: true,
  // Its list of tasks has them in every state, with the error of those that were timed out.
  listsEndedSessions: true,
  // A turn of a chat that ran is in no file after a restart.
  remembersInterrupted: false,
  // No route of it changes a deadline: the timer that ends a task has no extension.
  extendsOnRequest: false,
  // A graceful end gives each running command 2 s.
  endsItsWork: true,
};
