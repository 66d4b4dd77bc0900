import type { AskProblem, EntryProblem, ListProblem } from '../model/listProblem';
import { MAX_POLL_INTERVAL_MS, MIN_POLL_INTERVAL_MS } from '../health/policy';
import { textsOf } from './texts';

/** What is wrong in `daemonHealth.daemons`, in a sentence. */
export function listProblemText(problem: ListProblem): string {
  if (problem.is === 'noList') return 'daemonHealth.daemons should be a list.';
  if (problem.is === 'tooMany') {
    return `daemonHealth.daemons has ${problem.count} entries: only the first ${problem.most} are watched.`;
  }
  if (problem.is === 'noPresets') {
    return 'daemonHealth.presets should be an object of up to 50 presets by their names.';
  }
  if (problem.is === 'preset')
    return `daemonHealth.presets[${JSON.stringify(problem.name)}]${presetText(problem.problem)}.`;
  return `daemonHealth.daemons[${problem.index}]${entryText(problem.problem)}.`;
}

const RESTART = {
  command: 'is not a program or a shell line',
  args: 'is not a list of strings',
  cwd: 'is not a string',
  env: 'is not a map of strings',
  mode: 'is not "terminal" or "background"',
  by: 'is not "itself"',
  keepsWork: 'is not true or false',
};

const ASK: Readonly<Record<AskProblem, string>> = {
  noObject: 'is not an object',
  unknownKey:
    'is not known; known are time, age, counter, due, beat, busy, redAfterMs, stuckAfterMs, and what the README names besides',
  notOneProof: 'needs exactly one of time, age, counter, due and beat',
  noPlace: 'is not a field of the answer, such as "lastSuccessAt" or "scheduler.nextRunAt"',
  neededByCounter:
    'is missing: a counter that stands still proves nothing while the daemon has nothing to do',
  noRedAfter: 'is not a number of milliseconds, at least 1000 and at most a month',
  noFiles: 'is not a list of up to 10 paths of files on this machine, such as ["~/.daemon/last_success"]',
  noCommand: 'is not a list of a program and its arguments, such as ["mydaemon", "status", "--json"]',
  notBeside: 'is one too many: an entry has one of "url", "files", "command" and "prometheus"',
  noPrometheus:
    'is not the http address of a Prometheus, without a password, a "?" or a "#", such as "http://127.0.0.1:9090"',
  noQuery: 'is not a query of at most 2000 characters, such as "time() - my_last_success_timestamp_seconds"',
  noValue: 'is not "age", "counter" or "state"',
  noRedAbove:
    'is not a number: for an age or a counter seconds, at least 1 and at most a month, for a state the figure itself',
  ofFleetAlone: 'is only for an entry with "prometheus"',
  notOfFleet: 'is not for an entry with "prometheus", which is many daemons',
  needsEach: 'needs "each": only of several things some are judged',
  noSessions:
    'is not an object with the "id" of each: { "id": "sessionId", "waits": { "state": "blocked" } }',
  eachByChange: 'goes with time, age and due alone: a change of several things is not followed',
  noMatches: 'is not an object of fields and their values, such as { "enabled": true }',
  noSource: 'is not an object with one of "url", "files" and "command"',
  noRoutes: 'is not a path below the same address, such as "/session", or with "each" a list of such paths',
  needsUrl: 'needs a "url": the paths are asked at its address',
  noMeanings: 'is not an object of words and what they mean: good, bad, starting, stopped, silent or gone',
  noName: 'is not a text',
  noInterval: `is not a number of milliseconds from ${MIN_POLL_INTERVAL_MS} to ${MAX_POLL_INTERVAL_MS}`,
  noKey: 'is not known, and does not count',
  noStatuses: 'is not a list of HTTP statuses, such as [200, 204]',
};

/** Goes on after the name of the entry, or of a part of it. */
function entryText(problem: EntryProblem): string {
  if (problem.is === 'ask') return `.${problem.path} ${ASK[problem.problem]}`;
  if (problem.is !== 'restart') return ` ${wholeText(problem)}`;
  return problem.part === undefined
    ? '.restart is not an object'
    : `.restart.${problem.part} ${RESTART[problem.part]}`;
}

/** What is told of the whole entry. */
const wholeText = textsOf<Exclude<EntryProblem, { is: 'ask' | 'restart' }>>({
  noObject: 'should be an object with a "name" and a "url"',
  noUrl: 'needs a "url", such as "http://127.0.0.1:3457"',
  noHttpUrl: ({ url }) => `has a "url" that is not an http address: ${url}`,
  urlWithLogin:
    'has a "url" with a user name or a password, which no daemon is sent; take them out of the "url"',
  urlWithQuery:
    'has a "url" with a "?" or a "#"; with a "?" only a daemon of the kind generic is asked, with a "#" none',
  notOnThisMachine: ({ host }) =>
    `is not on this machine (${host}); set daemonHealth.allowRemote to watch the daemon all the same`,
  unknownKind: ({ known }) => `has an unknown "kind"; known are ${known.join(', ')}`,
  askOfKind: ({ path, kind }) => `has "${path}", which only a daemon of the kind "${kind}" has`,
  noPreset: 'should be an object',
  presetKey: ({ key }) => `has "${key}", which no preset has`,
  wrongPreset: ({ name }) => `is not watched until daemonHealth.presets[${JSON.stringify(name)}] is right`,
  unknownPreset: ({ known }) => `has an unknown "preset"; known are ${known.join(', ')}`,
  restartVariable: ({ variable }) =>
    `has ${variable} in its "restart", where only \${workspaceFolder}, \${workspaceFolder:name}, \${env:NAME} and \${userHome} are known`,
});

function presetText(problem: Extract<ListProblem, { readonly is: 'preset' }>['problem']): string {
  return problem.is === 'presetTaken'
    ? ' has the name of a preset that comes with the extension, which stays as it is'
    : entryText(problem);
}
