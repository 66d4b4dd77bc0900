import { asSentence, cleanText } from '../base/text';
import { duration } from '../base/time';
import type { MessageCode } from '../base/errors';
import type { Cause } from '../health/cause';
import type { DaemonState } from '../health/states';
import type { Left, NotOurs, Outcome, RestartFailure, Seen, StopOutcome } from '../model/outcome';
import type { HowEnded } from '../model/process';
import type { RestartRecord } from '../model/restartRecord';
import type { Refusal } from '../model/refusal';
import type { NotAgreed, RestartRefusal } from '../model/restartRefusal';
import type { Exit } from '../model/startFailure';
import { causeText } from './causes';
import { codeText } from './errors';
import { offspringText, outlivedText } from './outlivingText';
import { MAX_REASON_CHARS } from './policy';
import { unprovenText } from './reasons';
import { notAgreedText, processText } from './restartRefusals';
import { isStartFailure, startFailedReason } from './startFailures';
import { startErrorsText } from './startErrorsText';
import { capitalise } from './states';
import { isIn, textIn, type Texts } from './texts';
import { workSentence, workText } from './work';

/** A restart that just ended, as it is kept: in words, which other versions read. */
export function recordOf(outcome: Outcome, why: DaemonState, at: number): RestartRecord {
  const startFailed = startFailedText(outcome);
  return {
    at,
    why,
    kind: outcome.kind,
    text: outcomeText(outcome),
    ...(startFailed !== undefined && { startFailed }),
  };
}

/** How a restart ended, as sentences. */
export function outcomeText(outcome: Outcome): string {
  const left = outcome.leftOpen === undefined ? '' : ` In the daemon, ${outcome.leftOpen}.`;
  const { startErrors } = outcome;
  const errors = startErrors
    ? ` Errors in its log: ${startErrorsText(startErrors.count, startErrors.last)}.`
    : '';
  return `${textOf(outcome)}${outlivedText(outcome.outlived, outcome.daemon)}${errors}${foundText(outcome)}${left}`;
}

/** Why the old process hung, as a sentence. */
function foundText({ report, kind }: Outcome): string {
  if (report?.found === undefined) return '';
  return kind === 'cancelled'
    ? ` The daemon ${report.found}.`
    : ` Before that, the old process ${report.found}.`;
}

function textOf(outcome: Outcome): string {
  const { daemon, work } = outcome;
  switch (outcome.kind) {
    case 'cured':
    case 'unproven': {
      const took = duration(outcome.tookMs);
      if ('notOurs' in outcome) {
        const answers = `${daemon} answers after ${took}, but ${notOursText(outcome.notOurs)}`;
        return `${asSentence(answers)}${workSentence(work)}`;
      }
      const { isRestart, ended, why } = outcome;
      const made = work ? workText(work) : '';
      const head = isRestart ? `${daemon} restarted in ${took}` : `${daemon} started in ${took}`;
      const said = `${head}${(ended && ENDED_OLD[ended]) ?? ''}${made === '' ? '' : ` · ${made}`}`;
      return asSentence(why ? `${said}, but ${unprovenText(why)}` : said);
    }
    case 'cancelled':
      return `${CANCELLED[outcome.left]}${workSentence(work)}`;
    case 'failed': {
      const ended = outcome.isStopped ? ' The old process has ended.' : '';
      return `${failureText(outcome.why)}${workSentence(work)}${ended}`;
    }
    case 'late': {
      const { afterMs, exit, seen } = outcome;
      const why = seenText(seen, daemon);
      const unproven = `${daemon} was started, but is not proven to work after ${duration(afterMs)}: ${why}`;
      const late = asSentence(unproven);
      return `${late}${exit ? ` ${exitText(exit)}.` : ''}${workSentence(work)}`;
    }
  }
}

const CANCELLED: Readonly<Record<Left, string>> = {
  unchanged: 'Restart cancelled: nothing was changed.',
  ending:
    'Restart cancelled: the old process was asked to stop and may still be ending. Nothing was started.',
  stopped: 'Restart cancelled: the old process has ended. Nothing was started.',
  started: 'Restart cancelled: the daemon was started. Whether the daemon works was not waited for.',
};

/** What of the old process' end is told. */
const ENDED_OLD: Readonly<Partial<Record<HowEnded, string>>> = {
  byForce: ' (the old process was ended by force)',
  hadEnded: ' (the old process had ended already; nothing was ended)',
};

/** Why nothing runs now, as a clause that goes on after "start failed:"; `undefined` where something does. */
function startFailedText(outcome: Outcome): string | undefined {
  if (outcome.kind === 'late' && outcome.nothingRuns) return `no answer within ${duration(outcome.afterMs)}`;
  if (outcome.kind !== 'failed' || !outcome.nothingRuns) return undefined;
  const { why } = outcome;
  const said = isStartFailure(why) ? startFailedReason(why) : failureText(why).replace(/\.$/, '');
  return cleanText(said, MAX_REASON_CHARS);
}

type OwnFailure = NotAgreed | Exclude<RestartFailure, RestartRefusal | Refusal | Cause | MessageCode>;

const FAILURES: Texts<OwnFailure> = {
  anotherNow: (why) => `${notAgreedText(why)} Nothing was ended and nothing was started.`,
  noMoreTheDaemon: (why) => `${notAgreedText(why)} Nothing was ended and nothing was started.`,
  oldStays: ({ process, port }) =>
    port === undefined
      ? `The old ${processText(process)} could not be ended and still runs. Nothing was started.`
      : `The old ${processText(process)} could not be ended and still holds port ${port}. Nothing was started.`,
  offspringStays: ({ process }) =>
    `The old process had started ${offspringText(process)}, which could not be ended and still runs. Nothing was started.`,
  portHeld: ({ port, process }) =>
    process
      ? `Port ${port} is still held by ${processText(process)}. Nothing was started.`
      : `Port ${port} is still held by a process of another user. Nothing was started.`,
  strangerAnswers: ({ who }) => `${capitalise(notOursText(who))}.`,
  commandFailed: ({ exit, who, process, port }) => {
    if (who) return `${exitText(exit)}, and ${notOursText(who)}.`;
    const started = process ? processText(process) : 'a process';
    return port === undefined
      ? `${exitText(exit)}, though ${started}, which the command started, answers.`
      : `${exitText(exit)}, though ${started}, which the command started, answers on port ${port}.`;
  },
};

/** Why a restart failed, as sentences. */
function failureText(why: RestartFailure): string {
  return isIn(FAILURES, why) ? textIn(FAILURES, why) : codeText(why);
}

function exitText({ code }: Exit): string {
  return code === undefined
    ? 'The start command was terminated'
    : `The start command ended with exit code ${code}`;
}

/** What was seen last of a daemon, as a clause. */
function seenText(seen: Seen, daemon: string): string {
  switch (seen.is) {
    case 'neverAnswered':
      return `${daemon} never answered`;
    case 'silent':
      return seen.cause
        ? `${daemon} does not answer (${causeText(seen.cause)})`
        : `${daemon} does not answer`;
    case 'oldAnswers':
      return seen.pid === undefined
        ? 'the old process still answers'
        : `the old process ${seen.pid} still answers`;
    case 'newAnswers':
      return `the new process answers, but ${unprovenText(seen.why)}`;
    case 'notOurs':
      return notOursText(seen.who);
  }
}

const NOT_OURS: Readonly<Record<Exclude<NotOurs['is'], 'unnamed'>, string>> = {
  otherUsers: ' of another user, which this restart did not start',
  ranBefore: ', which ran before and which this restart did not start',
  passesOn: ', which only passes connections on, so that nothing shows which daemon answers',
  inContainer: ', which runs in a container, so that nothing shows who started the process',
  unproven: ', which this restart is not proven to have started',
};

/** Why who answers is not proven to be started by this restart, as a clause. */
function notOursText(who: NotOurs): string {
  const { port } = who;
  if (who.is === 'unnamed') {
    return port === undefined
      ? 'nothing proves which process answers, so that nothing shows that this restart started the process'
      : `port ${port} is answered by a process that the system does not name, so that nothing shows that this restart started the process`;
  }
  const process = processText(who.process);
  const answers =
    port === undefined ? `the answer is of ${process}` : `port ${port} is answered by ${process}`;
  return `${answers}${NOT_OURS[who.is]}`;
}

/** How a stop ended, as sentences. */
export function stopText(outcome: StopOutcome): string {
  const { daemon } = outcome;
  if (outcome.kind === 'cancelled') {
    return outcome.isAsked
      ? `Stop cancelled: process ${outcome.pid} was asked to stop and may still be ending.`
      : 'Stop cancelled: nothing was changed.';
  }
  if (outcome.is === 'notRunning') {
    return outcome.port === undefined
      ? `${daemon} does not run: no process is known to be this daemon.`
      : `${daemon} does not run: nothing listens on port ${outcome.port}.`;
  }
  const { pid, how, tookMs } = outcome;
  const outlived = outlivedText(outcome.outlived, daemon);
  return how === 'hadEnded'
    ? `${daemon} does not run: process ${pid} had ended already. Nothing was ended.${outlived}`
    : `${daemon} stopped in ${duration(tookMs)}: ${endText(pid, how)}.${outlived}`;
}

/** "process 4711 ended on SIGTERM". */
export function endText(pid: number, how: HowEnded): string {
  return `process ${pid} ${ENDED[how]}`;
}

const ENDED: Readonly<Record<HowEnded, string>> = {
  hadEnded: 'had ended already',
  byItsApi: 'ended by its own API',
  onTerm: 'ended on SIGTERM',
  byForce: 'was ended by force',
};
