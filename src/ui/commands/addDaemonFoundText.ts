import { cleanText, joined } from '../../base/text';
import { duration } from '../../base/time';
import type { Explored, ProofCandidate } from '../../health/explored';
import type { Failure, Report } from '../../health/report';
import type { Track } from '../../health/trackState';
import { placeOf } from '../../kinds/target';
import type { Target } from '../../model/target';
import { causeText } from '../../words/causes';
import { reasonText } from '../../words/reasons';
import { capitalise, STATE_LABELS } from '../../words/states';
import { plain, type PlainText } from '../shared/markdown';

/** What an ask found: who is there, and how that one is; or what is wrong, and what to do. */
export interface Found {
  readonly text: PlainText;
  /** Where no daemon answered. */
  readonly advice?: PlainText;
  /** It may only not be there yet: it can be added all the same. */
  readonly isAbsent?: boolean;
}

/** @param target where was asked */
export function foundText(target: Target, { sample, verdict }: Track): Found {
  const place = placeOf(target);
  if (!sample) return { text: plain(`${place} was not asked.`), advice: plain('Try it again.') };
  if (!sample.ok) return wrongText(target, sample.failure);
  const { report } = sample;
  const { label } = STATE_LABELS[verdict.state];
  const state = `${label} (${reasonText(verdict.reason)})`;
  const { explored } = report;
  if (explored) {
    const tells = verdict.reason.is === 'loopUnknown' ? '' : `: ${state}`;
    return { text: plain(`${exploredText(place, target, report, explored)}${tells}`) };
  }
  const who = joined([report.kind, report.instance?.version], ' ');
  return { text: plain(`${who} at ${place}: ${state}`) };
}

const FORMS: Readonly<Record<Explored['form'], string>> = {
  healthJson: 'health+json',
  json: 'JSON',
  pairs: 'key=value lines',
  metrics: 'a page of metrics',
  text: 'a text',
};
const VERBS: Readonly<Record<Target['kind'], string>> = {
  http: 'answers',
  prometheus: 'answers',
  file: 'holds',
  command: 'prints',
};

function exploredText(place: string, target: Target, { checks = [] }: Report, explored: Explored): string {
  const count = checks.length;
  const parts = count === 0 ? '' : `, ${count} ${count === 1 ? 'check' : 'checks'}`;
  const none = explored.candidates.length === 0 ? '; nothing in it can prove progress' : '';
  return `${place} ${VERBS[target.kind]} ${FORMS[explored.form]}${parts}${none}`;
}

/** The field, and its value now. */
export function candidateText({ by, at, busy, agoMs, shown }: ProofCandidate) {
  return {
    label: plain(at === '$mtime' ? 'when the file was changed' : at === '$text' ? 'the whole text' : at),
    description: plain(joined([momentText(by, agoMs, shown), `${BY[by]}${guardText(by, busy)}`], ' · ')),
  };
}

const BY: Readonly<Record<ProofCandidate['by'], string>> = {
  time: 'red where too old',
  age: 'red where too large',
  counter: 'red where it stands still while there is work',
  due: 'red where overdue',
  beat: 'red where it stands still, work or not',
};

function guardText(by: ProofCandidate['by'], busy: string | undefined): string {
  if (busy === undefined) return '';
  return by === 'due' ? `, unless ${busy} says that a run is under way` : ` (${busy})`;
}

function momentText(by: ProofCandidate['by'], agoMs: number | undefined, shown: string): string {
  if (agoMs === undefined) return `now ${shown}`;
  if (by === 'age') return `now ${duration(agoMs)}`;
  return agoMs < 0 ? `in ${duration(-agoMs)}` : `${duration(agoMs)} ago`;
}

const HEALTH_ADDRESS = 'Type the whole address of its health answer, such as 127.0.0.1:8080/health.';

function wrongText(target: Target, failure: Failure): Found {
  const place = placeOf(target);
  const { cause } = failure;
  const why = capitalise(causeText(cause));
  const wrong = (text: string, advice: string) => ({ text: plain(text), advice: plain(advice) });
  switch (cause.is) {
    case 'noFile':
      return {
        ...wrong(
          `No file is at ${place}.`,
          'Check the path, or let the daemon write the file, and ask again.',
        ),
        isAbsent: true,
      };
    case 'noPlainFile':
    case 'fileNotReadable':
    case 'halfFile':
    case 'fileTooLong':
      return wrong(`${why}.`, 'Choose a file that the daemon writes, and that you may read.');
    case 'noCommand':
      return wrong(`There is no command “${cause.command}”.`, 'Check its name, or type its whole path.');
    case 'commandRefused':
      return wrong(`${why}.`, 'Check whether the file may be run, and ask again.');
    case 'commandTooLong':
    case 'commandFailed':
      return wrong(`${why}.`, 'Run the command in a terminal. Choose one that prints a status and ends.');
    case 'login':
      return wrong(
        `${place} asks for a login (HTTP ${cause.status}).`,
        'No daemon is sent a password. Type an address that needs none, such as its /health.',
      );
    case 'webPage':
      return wrong(`${place} answers with a web page, and not with a status.`, HEALTH_ADDRESS);
    case 'nothingAtPath':
      return wrong(`${place} has nothing there (HTTP 404).`, HEALTH_ADDRESS);
    case 'noShape':
    case 'empty':
    case 'noJson':
      return wrong(`${place} answers, but does not say how a daemon is. ${why}.`, HEALTH_ADDRESS);
    default:
      return wrongKindText(place, failure, why);
  }
}

function wrongKindText(place: string, { kind, cause }: Failure, why: string): Found {
  switch (kind) {
    case 'refused':
      return {
        text: plain(`Nothing listens at ${place}. ${why}.`),
        advice: plain('Start the daemon and ask again, or check the port.'),
        isAbsent: true,
      };
    case 'wrongAnswer':
      return {
        text: plain(`No daemon is at ${place}, but something else. ${why}.`),
        advice: plain('Check the port: another program has it.'),
      };
    case 'timeout':
    case 'statusHung':
      return cause.is === 'commandLate'
        ? {
            text: plain(`${why}.`),
            advice: plain('Choose a command that prints a status and ends by itself.'),
          }
        : {
            text: plain(`${place} does not answer in time. ${why}.`),
            advice: plain('The daemon may hang: restart it, and ask again.'),
            isAbsent: true,
          };
    default:
      return {
        text: plain(`${place} gives no status. ${why}.`),
        advice: plain('Look into the log of the daemon, and ask again.'),
        isAbsent: true,
      };
  }
}

/** A command's words, as they stand in the settings. */
export function argvText(argv: readonly string[]): PlainText {
  return plain(cleanText(JSON.stringify(argv)));
}
