import type { EntryProblem, ListProblem } from '../model/listProblem';

/** What is wrong in `daemonHealth.daemons`, in a sentence. */
export function listProblemText(problem: ListProblem): string {
  if (problem.is === 'noList') return 'daemonHealth.daemons should be a list.';
  return `daemonHealth.daemons[${problem.index}] ${entryText(problem.problem)}.`;
}

const RESTART = {
  command: 'has a "restart" without a "command"',
  args: 'has "restart.args" that are not a list of strings',
  cwd: 'has a "restart.cwd" that is not a string',
  env: 'has a "restart.env" that is not a map of strings',
  mode: 'has a "restart.mode" other than "terminal" or "background"',
};

/** Goes on after the name of the entry. */
function entryText(problem: EntryProblem): string {
  switch (problem.is) {
    case 'noObject':
      return 'should be an object with a "name" and a "url"';
    case 'noUrl':
      return 'needs a "url", such as "http://127.0.0.1:3457"';
    case 'noHttpUrl':
      return `has a "url" that is not an http address: ${problem.url}`;
    case 'notOnThisMachine':
      return `is not on this machine (${problem.host}); set daemonHealth.allowRemote to watch the daemon all the same`;
    case 'unknownKind':
      return `has an unknown "kind"; known are ${problem.known.join(', ')}`;
    case 'restart':
      return problem.part === undefined ? 'has a "restart" that is not an object' : RESTART[problem.part];
  }
}
