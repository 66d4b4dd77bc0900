import { cleanText } from '../base/text';
import { duration } from '../base/time';
import type { Failure } from '../health/report';
import type { Cause, LoopUnknown, Malformed, Shortage, Stale, Unavailable } from '../health/cause';

/** "refused: connection refused", for diagnostics. */
export function failureText({ kind, cause }: Failure): string {
  return `${kind}: ${causeText(cause)}`;
}

/** Why a poll brought no report, as a clause: "connection refused". */
export function causeText(cause: Cause): string {
  switch (cause.is) {
    case 'noAnswer':
      return `no answer within ${duration(cause.withinMs)}`;
    case 'connectTimedOut':
      return 'the connection timed out';
    case 'connectionRefused':
      return 'connection refused';
    case 'unknownHost':
      return 'the host name is not known';
    case 'closed':
      return 'connection closed without an answer';
    case 'connectionFailed':
      return `connection failed (${cause.code})`;
    case 'noHttp':
      return 'the listener does not speak HTTP';
    case 'tooLarge':
      return `the answer is larger than ${cause.maxBytes / 1_024 / 1_024} MiB`;
    case 'statusHangs':
      return cause.healthRoute === 'answers'
        ? 'the status does not answer, while /api/health answers'
        : 'the status does not answer, while /api/health answered';
    case 'editorStoodStill':
      return `cannot tell: this editor was busy for ${duration(cause.stoodStillMs)}`;
    case 'unexpected':
      return `asking failed: ${cause.error}`;
    case 'login':
      return `HTTP ${cause.status}: a login is asked for; another service or a proxy listens there`;
    case 'redirect':
      return `HTTP ${cause.status}: the answer redirects to ${cause.to ?? 'nowhere'}; a daemon does not`;
    case 'noStatusRoute':
      return 'HTTP 404: there is no daemon status; another service listens there';
    case 'httpError':
      if (cause.said !== undefined) return `HTTP ${cause.status}: ${cause.said}`;
      return cause.isPage ? `HTTP ${cause.status} (a web page)` : `HTTP ${cause.status}`;
    case 'webPage':
      return 'the answer is a web page; another service listens there';
    case 'empty':
      return 'the answer is empty';
    case 'noJson':
      return 'the answer is not JSON';
    case 'noObject':
      return 'the answer is not an object';
    case 'noStatus':
      // Each field is bounded, and there may be many: rows and the hover have room for one line.
      return cleanText(`the answer is not a daemon's status (${malformedText(cause.malformed)})`);
    case 'answerOf':
      return `the answer is that of a ${cause.kind}`;
    case 'noHealthOf':
      return `the answer is not a ${cause.kind}'s health`;
    case 'noInstance':
      return 'the health route tells no instance';
    case 'noDatabase':
      return 'the health route tells no database';
    case 'noAddress':
      return 'the daemon has no address';
    case 'unknownKind':
      return 'no daemon of a known kind is there';
  }
}

/** "isRunning is missing; health.pollStale should be boolean, is "no"". */
export function malformedText(malformed: readonly Malformed[]): string {
  return malformed.map(fieldText).join('; ');
}

function fieldText(malformed: Malformed): string {
  const { field } = malformed;
  switch (malformed.is) {
    case 'missing':
      return `${field} is missing`;
    case 'wrong':
      return `${field} should be ${malformed.expected}, is ${malformed.received}`;
    case 'noTime':
      return `${field} is not an ISO time with its zone`;
    case 'noAbsolutePath':
      return `${field} is not an absolute path`;
    case 'noPathHere':
      return `${field} is not a path of a file on this machine`;
    case 'noAgentHealth':
      return `${field} is not an agent's health`;
  }
}

/** What shows that CPU is short, as a clause. */
export function shortageText(shortage: Shortage): string {
  switch (shortage.is) {
    case 'manyProcesses':
      return shortage.cores === 1
        ? `${shortage.runnable} processes want to run on 1 core`
        : `${shortage.runnable} processes want to run on ${shortage.cores} cores`;
    case 'cpuLimit':
      return 'a CPU limit holds the daemon back';
    case 'editorLate':
      return `this editor got the CPU ${shortage.lateMs} ms late`;
  }
}

/** Why a daemon says that it cannot work: in its own words where it has some. */
export function unavailableText(why: Unavailable): string {
  if (why.is === 'said') return why.said ?? 'the daemon calls itself unavailable and gives no reason';
  const { agent, others, said } = why;
  const who = agent === undefined ? 'the main agent crashed' : `the sub-agent ${agent} crashed`;
  const more = others > 0 ? ` (and ${others} more)` : '';
  return said === undefined ? `${who}${more}` : `${who}${more}: ${said}`;
}

/** Why a loop counts as hung, as a clause. */
export function staleText(stale: Stale): string {
  switch (stale.is) {
    case 'pollStale':
      return 'the daemon says pollStale';
    case 'cycleInFlight':
      return `a poll cycle in flight is older than ${duration(stale.thresholdMs)}`;
    case 'lastCycle':
      return `the last completed poll cycle is older than ${duration(stale.thresholdMs)}`;
  }
}

/** Why nothing is known of a loop, as a clause. */
export function loopUnknownText(why: LoopUnknown): string {
  switch (why.is) {
    case 'malformed':
      return `malformed: ${malformedText(why.malformed)}`;
    case 'untoldByKind':
      return `${why.kind} does not tell whether its loop advances`;
    case 'untoldByVersion':
      return 'this daemon does not report its poll cycles, so a hung loop cannot be told from a working one';
    case 'noCycleTimes':
      return 'the daemon gives no time of a poll cycle';
    case 'timesInFuture':
      return "the poll times lie in the future of the daemon's own clock";
    case 'timesContradict':
      return 'the daemon says its loop is not stale, but its poll times are old';
    case 'begunInVain':
      return `the loop begins poll cycles, but has completed none for ${duration(why.forMs)}`;
  }
}
