import { cleanText } from '../base/text';
import { duration } from '../base/time';
import type { Finding, FindingLevel } from '../model/finding';
import { causeText, malformedText } from '../words/causes';
import { textsOf } from '../words/texts';
import { placeText, type Place } from './place';

const LEVELS: Readonly<Record<Finding['is'], FindingLevel>> = {
  answers: 'good',
  healthShape: 'good',
  keepsContract: 'good',
  getsOn: 'good',
  otherType: 'note',
  noDate: 'note',
  idle: 'note',
  noSignYet: 'note',
  notUp: 'note',
  sideTimer: 'note',
  unknownField: 'note',
  contradicts: 'note',
  slow: 'note',
  unreachable: 'lack',
  strange: 'lack',
  noShape: 'lack',
  metrics: 'note',
  onlyPresence: 'lack',
  malformed: 'lack',
  noUnit: 'lack',
  future: 'lack',
  stale: 'lack',
  long: 'lack',
  secret: 'lack',
};

const KB = 1_024;
function sizeText(bytes: number): string {
  if (bytes >= KB) return `${Math.ceil(bytes / KB)} KB`;
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}

/** What was found, in a sentence each. */
export const findingText = textsOf<Finding>({
  answers: ({ status, bytes, tookMs }) =>
    status === undefined
      ? `The file was read: ${sizeText(bytes)}.`
      : `The endpoint answers HTTP ${status} with ${sizeText(bytes)} in ${Math.ceil(tookMs)} ms.`,
  healthShape: 'The answer has a usual shape of a health answer.',
  keepsContract: 'The answer tells progress from presence: "progress" keeps version 1 of the contract.',
  getsOn: ({ by, ageMs, redAfterMs }) =>
    by === 'due'
      ? `The schedule is kept; red after ${duration(redAfterMs)} without the next run.`
      : `The last unit of work ended ${duration(ageMs)} ago; red after ${duration(redAfterMs)}.`,
  otherType: ({ received }) =>
    received === ''
      ? 'The answer is JSON without a content type; application/health+json is right.'
      : `The answer is JSON served as ${received}; application/health+json is right.`,
  noDate: 'The answer has no Date header, so ages are counted by the clock of the reader.',
  idle: 'The daemon owes no work now. Nothing shows whether the next work would run, unless the loop counts an empty turn as a unit.',
  noSignYet: 'The daemon owes work, and has not completed a unit yet.',
  notUp: 'The daemon says that it starts or ends: its times count once it is up.',
  sideTimer: ({ isNewEachTime }) =>
    isNewEachTime
      ? 'The time of the last work was new at both looks. Make sure that the work sets the time, and neither a side timer nor the answer itself.'
      : 'A side timer cannot be excluded from outside. Make sure that the work itself sets the times.',
  unknownField: ({ field }) => `${field} is no field of the contract, and is not read.`,
  contradicts: ({ status, saysGood }) =>
    saysGood
      ? `HTTP ${status} says that the daemon is ill, and the answer says that the daemon is well. The code is believed.`
      : `HTTP ${status} says that the daemon is well, and the answer says that the daemon is ill. The answer is believed.`,
  slow: ({ tookMs, atMostMs }) =>
    `The answer took ${duration(tookMs)}; an answer that is asked for every few seconds takes less than ${duration(atMostMs)}.`,
  unreachable: ({ cause }) => `Nothing can be read: ${causeText(cause)}.`,
  strange: ({ why }) => `The answer is no health answer: ${causeText(why)}.`,
  noShape: 'The answer has no usual shape of a health answer: a "status" of pass, warn or fail is missing.',
  metrics:
    'The answer is a page of metrics. The "progress" of an entry names the metric that proves progress; a page of metrics keeps no contract.',
  onlyPresence: ({ candidates }) =>
    candidates.length === 0
      ? 'The answer says that the daemon is there. Nothing tells whether its work gets on: "progress" is missing.'
      : `The answer says that the daemon is there. Nothing tells for sure whether its work gets on: "progress" is missing. Perhaps a setting can name ${candidates.join(', ')}.`,
  malformed: ({ malformed }) => `The times cannot be used: ${malformedText(malformed)}.`,
  noUnit: ({ field }) =>
    `${field} is a number without a unit: seconds or milliseconds? Write ISO 8601 with its zone.`,
  future: ({ field, byMs }) => `${field} lies ${duration(byMs)} in the future.`,
  stale: ({ by, owedMs, redAfterMs }) =>
    by === 'due'
      ? `The daemon hangs: the next run is overdue for ${duration(owedMs)}; red after ${duration(redAfterMs)}.`
      : `The daemon hangs: work is owed for ${duration(owedMs)}, and nothing was completed; red after ${duration(redAfterMs)}.`,
  long: ({ bytes, atMost }) =>
    `The answer has ${sizeText(bytes)}, and may have no bound. A health answer has less than ${sizeText(atMost)}.`,
  secret: ({ field }) => `${field} looks like a secret. Everybody on this machine can read the answer.`,
});

/** Whether something keeps anyone from telling progress from presence, or harms. */
export function lacksAnything(findings: readonly Finding[]): boolean {
  return findings.some(({ is }) => LEVELS[is] === 'lack');
}

const SHOWN_LEVELS: Readonly<Record<FindingLevel, string>> = { good: 'good', note: 'note', lack: 'LACK' };

/** What a look came to, all that was found, a line each, and what to do about what is lacking. */
export function checkText(place: Place, findings: readonly Finding[]): string {
  const lines = findings.map((finding) => `  ${SHOWN_LEVELS[LEVELS[finding.is]]}  ${findingText(finding)}`);
  const count = findings.filter(({ is }) => LEVELS[is] === 'lack').length;
  const next = nextText(place, findings);
  return [
    cleanText(placeText(place)),
    sumText(count),
    ...lines,
    ...(next === undefined ? [] : ['', next]),
    '',
  ].join('\n');
}

function sumText(count: number): string {
  if (count === 0) return 'Nothing is lacking.';
  return count === 1 ? '1 thing is lacking.' : `${count} things are lacking.`;
}

/** What of the contract is lacking. */
const OF_CONTRACT: readonly Finding['is'][] = ['noShape', 'onlyPresence', 'malformed', 'noUnit'];

/** As docs/health-contract.md says: a test reads it as an answer. */
const CONTRACT_EXAMPLE = `What to serve, by version 1 of the health contract:
  "status": "pass",
  "progress": {
    "version": 1,
    "lastCompletedAt": "2026-11-26T09:30:00.250Z",
    "owedSinceAt": null,
    "redAfterMs": 60000
  }
lastCompletedAt is when the last unit of work ended, well or badly. The work loop sets the time, and no timer beside the loop.
owedSinceAt is since when there is work to do; null while there is none.
Where the daemon cannot be changed, "Daemon Health: Add Daemon…" in the editor offers the fields of its answer as a proof.`;

/** What to do, where the sentences do not say it already. */
function nextText({ is }: Place, findings: readonly Finding[]): string | undefined {
  const isAddress = is === 'address';
  if (findings.some((finding) => finding.is === 'unreachable'))
    return isAddress
      ? 'Look whether the daemon runs, and whether host and port are its own; then check again.'
      : 'Look whether the path is right, and whether the daemon has written the file; then check again.';
  if (findings.some((finding) => finding.is === 'strange'))
    return isAddress
      ? 'Name the whole address of the health answer, such as http://127.0.0.1:8080/health.'
      : 'Name a file in which the daemon writes its health, as JSON.';
  return findings.some((finding) => OF_CONTRACT.includes(finding.is)) ? CONTRACT_EXAMPLE : undefined;
}
