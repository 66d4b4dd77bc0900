import type { NoAnswerCause } from '../base/errors';
import { saidText } from '../base/said';
import { cleanText } from '../base/text';
import { coarseAge, duration, SECOND_MS } from '../base/time';
import type { Failure } from '../health/report';
import type { Cause, LoopUnknown, Malformed, ProofBy, Shortage, Stale, Unavailable } from '../health/cause';
import { seriesCount, seriesRedText, seriesUnknownText } from './fleetText';
import { textsOf, type Texts } from './texts';

/** "refused: connection refused", for diagnostics. */
export function failureText({ kind, cause }: Failure): string {
  return `${kind}: ${causeText(cause)}`;
}

export const CAUSES: Texts<Cause> = {
  noAnswer: ({ withinMs }) => `no answer within ${duration(withinMs)}`,
  commandLate: ({ command, withinMs }) => `the command ${command} does not end within ${duration(withinMs)}`,
  connectTimedOut: 'the connection timed out',
  connectionRefused: 'connection refused',
  unknownHost: 'the host name is not known',
  closed: 'connection closed without an answer',
  connectionFailed: ({ code }) => `connection failed (${code})`,
  noHttp: 'the listener does not speak HTTP',
  badHttp: 'the answer breaks the rules of HTTP',
  noFile: ({ file }) => `${file} is not there`,
  tooManyParts: ({ most }) => `the answer has more than ${most} lists, objects or values`,
  speaksTls: 'the listener speaks TLS: https, where http is asked for',
  tooLarge: ({ maxBytes }) => `the answer is larger than ${maxBytes / 1_024 / 1_024} MiB`,
  statusHangs: ({ healthRoute }) =>
    healthRoute === 'answers'
      ? 'the status does not answer, while /api/health answers'
      : 'the status does not answer, while /api/health answered',
  editorStoodStill: ({ stoodStillMs }) => `cannot tell: this editor was busy for ${duration(stoodStillMs)}`,
  // Nobody knows who said that.
  unexpected: ({ error }) => `asking failed: ${saidText(error)}`,
  login: ({ status, said }) =>
    said === undefined
      ? `HTTP ${status}: a login is asked for; another service or a proxy listens there`
      : `HTTP ${status}: a login is asked for: ${said}`,
  redirect: ({ status, to }) =>
    `HTTP ${status}: the answer redirects to ${to ?? 'nowhere'}; a daemon does not`,
  noStatusRoute: 'HTTP 404: there is no daemon status; another service listens there',
  httpError: ({ status, said, isPage }) => {
    if (said !== undefined) return `HTTP ${status}: ${said}`;
    return isPage ? `HTTP ${status} (a web page)` : `HTTP ${status}`;
  },
  webPage: 'the answer is a web page; another service listens there',
  asksToWait: ({ status, waitMs }) =>
    `HTTP ${status}: the daemon asks to wait ${Math.ceil(waitMs / SECOND_MS)} s`,
  cached: ({ ageMs }) => `the answer is ${coarseAge(ageMs)} old: a cache answers, and not the daemon`,
  compressed: ({ by }) => `the answer is compressed (${by})`,
  empty: 'the answer is empty',
  noJson: 'the answer is not JSON',
  noObject: 'the answer is not an object',
  // Each field is bounded, and there may be many: rows and the hover have room for one line.
  noStatus: ({ malformed }) => cleanText(`the answer is not a daemon's status (${malformedText(malformed)})`),
  answerOf: ({ kind }) => `the answer is that of a ${kind}`,
  otherVersion: ({ kind }) => `${kind} answers, but has no daemon status: another version?`,
  noHealthOf: ({ kind }) => `the answer is not a ${kind}'s health`,
  noInstance: 'the health route tells no instance',
  noDatabase: 'the health route tells no database',
  noAddress: 'the daemon has no address',
  noPrometheus: 'the answer is not that of a Prometheus',
  noVector: ({ type }) => `the query gives a ${type}, where a list of series (an instant vector) is needed`,
  prometheusSilent: ({ why }) => `Prometheus does not answer: ${noAnswerText(why)}`,
  prometheusFails: ({ status, said }) =>
    `Prometheus answers HTTP ${status}${said === undefined ? '' : `: ${said}`}`,
  nothingAtPath: 'HTTP 404: nothing is at the path of the "url"',
  noShape: 'the answer has no usual shape of a health answer',
  noPlainFile: ({ file }) => `${file} is not a plain file`,
  fileNotReadable: ({ file }) => `${file} could not be read`,
  halfFile: ({ file }) => `${file} holds half of a JSON`,
  fileTooLong: ({ file, maxBytes }) => `${file} is longer than ${maxBytes / 1_024 / 1_024} MiB`,
  noCommand: ({ command }) => `the command ${command} was not found`,
  commandRefused: ({ command }) => `the system does not start the command ${command}`,
  commandTooLong: ({ command, maxBytes }) =>
    `the command ${command} prints over ${maxBytes / 1_024 / 1_024} MiB`,
  commandFailed: ({ command, exitCode, said }) => {
    const how = exitCode === null ? 'was ended by a signal' : `ended with exit code ${exitCode}`;
    return said === undefined ? `the command ${command} ${how}` : `the command ${command} ${how}: ${said}`;
  },
  unknownKind: 'no daemon of a known kind is there',
};

/** A function, since the table above needs it before it is there. */
function noAnswerText(why: NoAnswerCause): string {
  return causeText(why);
}

/** Why a poll brought no report, as a clause: "connection refused". */
export const causeText = textsOf(CAUSES);

const fieldText = textsOf<Malformed>({
  missing: ({ field }) => `${field} is missing`,
  wrong: ({ field, expected, received }) => `${field} should be ${expected}, is ${received}`,
  noTime: ({ field }) => `${field} is not an ISO time with its zone`,
  noMoment: ({ field, received }) =>
    `${field} should be a time with its zone, or seconds or milliseconds since 1970, is ${received}`,
  noAbsolutePath: ({ field }) => `${field} is not an absolute path`,
  noPathHere: ({ field }) => `${field} is not a path of a file on this machine`,
  noId: ({ field }) => `${field} is not an id of one line`,
  noAgentHealth: ({ field }) => `${field} is not an agent's health`,
  unreadableFile: ({ field }) => `${field} could not be read`,
});

/** "isRunning is missing; health.pollStale should be boolean, is "no"". */
export function malformedText(malformed: readonly Malformed[]): string {
  return malformed.map(fieldText).join('; ');
}

/** "inflight_turns.json could not be read": the files of a daemon that are there, and tell nothing; empty where none is. */
export function unreadableText(malformed: readonly Malformed[]): string {
  const files = malformed.flatMap(({ field, is }) => (is === 'unreadableFile' ? field : []));
  return files.length === 0 ? '' : `${files.join(', ')} could not be read`;
}

/** What shows that CPU is short, as a clause. */
export const shortageText = textsOf<Shortage>({
  manyProcesses: ({ runnable, cores }) =>
    cores === 1
      ? `${runnable} processes want to run on 1 core`
      : `${runnable} processes want to run on ${cores} cores`,
  cpuLimit: 'a CPU limit holds the daemon back',
  editorLate: ({ lateMs }) => `this editor got the CPU ${lateMs} ms late`,
});

/** Why a daemon says that it cannot work: in its own words where it has some. */
export function unavailableText(why: Unavailable): string {
  if (why.is === 'said') return why.said ?? 'the daemon calls itself unavailable and gives no reason';
  const { agent, others, said } = why;
  const who = agent === undefined ? 'the main agent crashed' : `the sub-agent ${agent} crashed`;
  const more = others > 0 ? ` (and ${others} more)` : '';
  return said === undefined ? `${who}${more}` : `${who}${more}: ${said}`;
}

/** Why a loop counts as hung, as a clause. */
export const staleText = textsOf<Stale>({
  pollStale: 'the daemon itself says so',
  cycleLate: 'the daemon told of a late poll cycle',
  unchanged: ({ thresholdMs }) => `no new poll cycle was seen for over ${duration(thresholdMs)}`,
  cycleInFlight: ({ thresholdMs }) => `a poll cycle in flight is older than ${duration(thresholdMs)}`,
  lastCycle: ({ thresholdMs }) => `the last completed poll cycle is older than ${duration(thresholdMs)}`,
  noSign: ({ by, thresholdMs, of }) => owingText(noSignText(by, duration(thresholdMs), of?.name), of?.others),
  seriesRed: seriesRedText,
});

const NO_SIGN_YET: Readonly<Record<ProofBy, string>> = {
  time: 'the time that proves progress is old, and a newer one is still to come',
  age: 'the age that proves progress is great, and a smaller one is still to come',
  counter: 'the counter of the work has not been seen to move yet',
  due: 'only the next run will show whether work gets on',
  beat: 'the beat has not been seen to change yet',
};

/** With how many more are like it. */
export function owingText(text: string, others = 0): string {
  return others > 0 ? `${text}, and ${others} more` : text;
}

function noSignText(by: ProofBy, limit: string, name: string | undefined): string {
  const of = name === undefined ? '' : ` of ${name}`;
  switch (by) {
    case 'time':
      return `the time${of} that proves progress is older than ${limit}`;
    case 'age':
      return `the age${of} that proves progress is over ${limit}`;
    case 'counter':
      return `the daemon has work, and the counter has not moved for over ${limit}`;
    case 'due':
      return `the next run${of} is overdue by more than ${limit}`;
    case 'beat':
      return `the beat has not changed for over ${limit}`;
  }
}

/** Why nothing is known of a loop, as a clause. */
export const loopUnknownText = textsOf<LoopUnknown>({
  malformed: ({ malformed }) => `malformed: ${malformedText(malformed)}`,
  untoldByKind: ({ kind }) => `${kind} does not tell whether its loop advances`,
  intakeUntold: 'the daemon answers, so its event loop turns; whether messages reach the daemon is not known',
  untoldByVersion:
    'this daemon does not report its poll cycles, so a hung loop cannot be told from a working one',
  noCycleTimes: 'the daemon gives no time of a poll cycle',
  timesInFuture: "the poll times lie in the future of the daemon's own clock",
  timesContradict: 'the daemon says its loop is not stale, but its poll times are old',
  signUntold: ({ cause }) => `what proves progress is not told: ${causeText(cause)}`,
  noSuccessYet: 'the daemon tells of no success yet: the time that proves progress is not set',
  signInFuture: "the time that proves progress lies in the future of the daemon's own clock",
  noProofNamed: 'the daemon answers, and "progress" in the settings names no proof that work gets on',
  noSeries: ({ targets }) => {
    if (targets === undefined) return 'the query gives no series';
    return targets.of === 0
      ? 'the query gives no series, and Prometheus has no targets'
      : `the query gives no series; ${targets.up} of ${targets.of} targets of Prometheus are up`;
  },
  seriesUnknown: ({ name, count, of, why }) =>
    count === 1
      ? `of ${name} nothing is known: ${seriesUnknownText(why)}`
      : `of ${count} of ${seriesCount(of)} nothing is known; ${name}: ${seriesUnknownText(why)}`,
  seriesWarned: ({ said }) => `Prometheus warns, so that series may be missing: ${said}`,
  seriesUnread: ({ read, of }) => `the query gives ${of} series, and only ${read} are read: narrow the query`,
  nothingOwed: 'the daemon has nothing to do, so nothing shows whether work would get on',
  nobodyWorks: ({ waiting }) =>
    `${waiting} ${waiting === 1 ? 'waits' : 'wait'}, and nothing is under way: no worker is there, or the queue is paused`,
  noSignYet: ({ by }) => NO_SIGN_YET[by],
  begunInVain: ({ forMs }) => `the loop begins poll cycles, but has completed none for ${duration(forMs)}`,
});
