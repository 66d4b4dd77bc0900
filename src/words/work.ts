import { joined } from '../base/text';
import { MINUTE_MS, SECOND_MS, wholeMinutes } from '../base/time';
import type { Report, Session, UnknownWork } from '../health/report';
import { isLive, isStranded, isWaiting } from '../health/sessions';
import type { WorkMade } from '../health/workMade';
import { unreadableText } from './causes';

/** "2 sessions resumed, 1 interrupted"; empty where there is nothing to say. */
export function workText({ resumed, interrupted }: WorkMade): string {
  if (resumed === 0 && interrupted === 0) return '';
  if (interrupted === 0) return resumed === 1 ? '1 session resumed' : `${resumed} sessions resumed`;
  if (resumed === 0)
    return interrupted === 1 ? '1 session interrupted' : `${interrupted} sessions interrupted`;
  return resumed === 1
    ? `1 session resumed, ${interrupted} interrupted`
    : `${resumed} sessions resumed, ${interrupted} interrupted`;
}

/** "2 sessions resumed, 1 interrupted." as a sentence of its own, after another one. */
export function workSentence(made: WorkMade | undefined): string {
  const work = made ? workText(made) : '';
  return work === '' ? '' : ` ${work}.`;
}

/** "2 running"; of a daemon that does not answer "2 were running": whether they still do nobody knows. */
function runningText(count: number, answers: boolean): string {
  if (count === 0) return 'none running';
  if (answers) return `${count} running`;
  return `${count} ${count === 1 ? 'was' : 'were'} running`;
}

/** More names do not fit in a row. */
const MAX_NAMES = 3;

/**
 * What a daemon works on, in one row: "2 running", "tasks: none running · turns: not known". What nobody tells of is
 * never called none.
 */
export function workingText({ sessions, unknownWork, malformed }: Report, answers: boolean): string {
  const unreadable = unreadableText(malformed);
  const unknown = unknownWork ? unknownText(unknownWork) : '';
  const known =
    sessions || unknownWork?.tasks === false ? knownText(sessions ?? [], unknownWork, answers) : '';
  const parts = known === '' && unknown === '' ? ['not known'] : [known, unknown];
  const why = unreadable && (unknown === '' ? ` · ${unreadable}` : `: ${unreadable}`);
  return `${joined(
    parts.filter((part) => part !== ''),
    ' · ',
  )}${why}`;
}

function knownText(sessions: readonly Session[], unknown: UnknownWork | undefined, answers: boolean): string {
  const live = sessions.filter(isLive).length;
  const waiting = sessions.filter(isWaiting).length;
  return joined(
    [
      ...(live === 0 && unknown ? noneOfText(unknown) : [runningText(live, answers)]),
      waiting > 0 && waitingText(waiting, answers),
    ],
    ' · ',
  );
}

/** That nothing runs is said only of what is known. */
function noneOfText({ tasks, turns }: UnknownWork): readonly (string | false)[] {
  return [!tasks && 'tasks: none running', !turns && 'turns: none running'];
}

/** "2 wait for you"; of a daemon that does not answer "2 were waiting for you". */
export function waitingText(count: number, answers: boolean): string {
  if (answers) return count === 1 ? '1 waits for you' : `${count} wait for you`;
  return count === 1 ? '1 was waiting for you' : `${count} were waiting for you`;
}

function unknownText({ tasks, turns, subAgents }: UnknownWork): string {
  const named = subAgents.slice(0, MAX_NAMES).join(', ');
  const more = subAgents.length > MAX_NAMES ? ` and ${subAgents.length - MAX_NAMES} more` : '';
  return joined(
    [
      tasks && 'tasks: not known',
      turns && 'turns: not known',
      subAgents.length > 0 && `turns of ${named}${more}: not known`,
    ],
    ' · ',
  );
}

/** What a session that waits for a person wants of them. */
export function questionText(session: Session, answers: boolean): string {
  if (isStranded(session)) return 'was interrupted and waits to be run again';
  const { question } = session;
  const waits = answers ? 'waits for you' : 'was waiting for you';
  return question === undefined ? waits : `${waits}: ${question}`;
}

/** "1 h 5 min left", "12 min left", in the last minute "59 s left": the figure that the row of a session begins with. */
export function timeLeftText(ms: number): string {
  if (ms <= 0) return 'time is up';
  return `${ms < MINUTE_MS ? `${Math.max(1, Math.floor(ms / SECOND_MS))} s` : wholeMinutes(ms)} left`;
}

/** How long until `timeLeftText` says something else: a second in the last minute, else up to a minute. */
export function nextTimeLeftMs(ms: number): number {
  const stepMs = ms < MINUTE_MS + SECOND_MS ? SECOND_MS : MINUTE_MS;
  return (ms % stepMs) + 1;
}

/** "Last known 14:47: 1 session". @param at "14:47", or the day */
export function lastKnownText({ sessions }: Report, at: string): string {
  if (!sessions) return `Last known ${at}: work unknown`;
  const count = sessions.filter((session) => isLive(session) || isWaiting(session)).length;
  return `Last known ${at}: ${count === 0 ? 'no session' : count === 1 ? '1 session' : `${count} sessions`}`;
}

/** "2 running · 1 waits for you", after a state; empty where nothing does. */
export function workInShort({ sessions = [] }: Report, waiting: number): string {
  const live = sessions.filter(isLive).length;
  return joined([live > 0 && runningText(live, true), waiting > 0 && waitingText(waiting, true)], ' · ');
}
